import pg from 'pg';
import { markOpening } from './sqlstate.js';

type Connected = (error: Error) => void;

/** For the pool of a service: a wrong password or certificate, say, is told from what a statement fails with. */
export class OpeningClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    try {
      super(config);
    } catch (error) {
      // It reads the files of certificates.
      throw markOpening(error);
    }
  }

  override connect(): Promise<pg.Client>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<pg.Client> | undefined {
    // The pool gives a callback.
    if (callback === undefined) return super.connect();
    super.connect((error: Error) => callback(markOpening(error)));
    return undefined;
  }
}
