import type { UnitOfWork } from '@dozen/database';
import type { TopicDeclaration } from '@dozen/kernel';
import type { BatchMessage, MessageHandler } from '@dozen/messaging';
import { book, type Credit, creditBooked, creditOrdered } from './credit.js';

/** An ordinary handler, as a service has it: loads a row, updates it, publishes one event. */
export function booking(
  topic: TopicDeclaration,
  handled: (credit: Credit, unit: UnitOfWork) => void = () => undefined,
): MessageHandler<Credit> {
  return {
    contract: creditOrdered(topic),
    async handle(credit, unit) {
      await book(unit.manager, credit);
      unit.publish(creditBooked, credit);
      handled(credit, unit);
    },
  };
}

/** An account may be named more than once in a batch; UPDATE … FROM would take one of its rows only. */
const UPDATE_ALL = `
  UPDATE account AS a SET balance = a.balance + s.amount
  FROM (SELECT id, sum(amount)::int AS amount FROM unnest($1::uuid[], $2::int[]) AS u (id, amount) GROUP BY id) AS s
  WHERE a.id = s.id`;

/** Set-based: updates the accounts of the whole batch by one statement. */
export function updatingAll(
  topic: TopicDeclaration,
  handled: (credit: Credit, unit: UnitOfWork) => void = () => undefined,
): MessageHandler<Credit> {
  const handleBatch = async (messages: readonly BatchMessage<Credit>[]): Promise<void> => {
    await messages[0]?.unit.manager.query(UPDATE_ALL, [
      messages.map(({ payload }) => payload.account),
      messages.map(({ payload }) => payload.amount),
    ]);
    for (const { payload, unit } of messages) handled(payload, unit);
  };
  return {
    contract: creditOrdered(topic),
    handle: (payload, unit) => handleBatch([{ payload, unit }]),
    handleBatch,
  };
}
