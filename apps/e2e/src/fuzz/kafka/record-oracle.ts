import type { Fault } from '../finding.js';
import { CONTRACTS } from './instances.js';
import type { Fates } from './fates.js';
import { CANCEL, gradeOf, PLACE, SNAPSHOT } from './record-case.js';
import type { RecordCase, RecordOddity } from './record-oddity.js';
import type { SentRecord } from './sender.js';

/** What is wrong about what became of a record once its turn has come; undefined when all is right. */
export function judgeRecord(sent: SentRecord, fates: Fates): Fault | undefined {
  const { one, made, refused, aborted } = sent;
  const grade = gradeOf(one);
  const fault = (what: string, more = ''): Fault => recordFault(one, what, more);
  if (refused !== undefined)
    return grade === 'legal' ? fault('refused by the broker though it is right', refused) : undefined;
  const handled = isHandled(sent, fates);
  if (aborted) return handled ? fault('handled though its transaction was aborted') : undefined;
  const letters = fates.deadLettersOf(sent);
  const [letter] = letters;
  if (letter !== undefined) {
    // Put aside for another try: that is no end yet.
    const waiting = letters.find(({ code, reason }) => code === null || reason === null || reason === '');
    if (waiting !== undefined) return fault('put aside and not decided', JSON.stringify(waiting));
    if (isUnreadable(one) && letter.code !== 'MSG-UNREADABLE')
      return fault(`a dead letter ${letter.code ?? ''} of what nobody may unpack`, letter.reason ?? '');
    return grade === 'legal'
      ? fault(`a dead letter ${letter.code ?? ''} though it is right`, letter.reason ?? '')
      : undefined;
  }
  if (handled) return grade === 'illegal' ? fault('handled though it is not right') : undefined;
  const claimed = fates.isClaimed(made.id);
  if (mayVanish(one)) return undefined;
  return fault(claimed ? 'claimed and never handled' : 'neither handled nor a dead letter');
}

export function recordFault(one: RecordCase, what: string, more = ''): Fault {
  const name = one.type.replace(/^dozen\./, '').replace(/\.v\d+$/, '');
  return { about: name, what, blamed: blamed(one), happened: more === '' ? what : `${what}: ${more}` };
}

function isHandled({ one: { type }, made }: SentRecord, fates: Fates): boolean {
  switch (type) {
    case PLACE:
      return fates.hasOrder(made.subject);
    case SNAPSHOT:
      return fates.hasProduct(made.subject);
    case CANCEL:
      return fates.isClaimed(made.id);
    default:
      return fates.isClaimed(made.id);
  }
}

/** Packed, the broker takes it: it counts packed bytes. */
function isUnreadable({ oddities }: RecordCase): boolean {
  return oddities.some((odd) => odd.of === 'frame' && odd.how === 'bomb');
}

/** A batch with false fields need not hold a record, and an event of an unknown type is ignored. */
function mayVanish({ type, oddities }: RecordCase): boolean {
  if (oddities.some(({ of }) => of === 'frame')) return true;
  const command = CONTRACTS.get(type)?.topic.kind === 'command';
  const typed = oddities.some((odd) => (odd.of === 'header-text' || odd.of === 'header') && odd.name === 'ce_type');
  return !command && typed;
}

/** Kinds of the oddities that can be the reason; their values differ too much to make a kind of fault each. */
export function blamed({ codec, oddities }: RecordCase): string[] {
  const odder = oddities.some(({ grade }) => grade !== 'legal')
    ? oddities.filter(({ grade }) => grade !== 'legal')
    : oddities;
  // If nothing else about the record is odd, the codec is to blame, if it has one.
  return odder.length > 0 ? odder.map(nameOf) : codec === 'none' ? [] : [codec];
}

function nameOf(odd: RecordOddity): string {
  switch (odd.of) {
    case 'id':
    case 'order-id':
      return `${odd.of} ${odd.spelling}`;
    case 'key':
      return `key ${odd.form}`;
    case 'header':
      return `${odd.name} ${odd.form}`;
    case 'header-text':
      return `${odd.name} text`;
    case 'body':
      return `body ${odd.change.at}`;
    case 'customer':
      return `customer ${odd.field}`;
    case 'bytes':
    case 'value':
    case 'frame':
      return `${odd.of} ${odd.how}`;
    case 'transaction':
      return `transaction ${odd.ends}`;
    case 'timestamp':
    case 'payload':
      return odd.of;
  }
}
