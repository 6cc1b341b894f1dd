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
  readonly givenBack: string;
  readonly signature: string;
  readonly placed: Words;
  readonly confirmed: Words;
  readonly rejected: Words;
  readonly cancelled: Words;
  readonly refunded: Words;
  readonly reasons: Readonly<Record<RejectionReason, string>>;
}
