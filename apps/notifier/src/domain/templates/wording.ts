import type { RejectionReason } from '@dozen/contracts';

export interface Words {
  readonly subject: string;
  readonly opening: string;
  readonly closing: string;
}

/** Every text of one language. Words never hold HTML: the renderer escapes them like everything else. */
export interface Wording {
  readonly greeting: string;
  readonly order: string;
  readonly total: string;
  readonly signature: string;
  readonly placed: Words;
  readonly confirmed: Words;
  readonly rejected: Words;
  readonly reasons: Readonly<Record<RejectionReason, string>>;
}
