import { failedJob } from '@dozen/database';
import { decisionsAbout, showDeadLetter, showRefused } from '@dozen/messaging';
import type { DataSource } from 'typeorm';
import type { Answer } from '../answer.js';
import { nameOf, type Subject } from './subject.js';

/** All that is known about one, its content and what was decided before included. The content may be personal. */
export async function show(dataSource: DataSource, subject: Subject): Promise<Answer> {
  const json = { ...(await contentOf(dataSource, subject)), id: nameOf(subject) };
  const text = Object.entries(json)
    .map(([name, value]) => `${name}: ${readable(value)}`)
    .join('\n');
  return { text, json };
}

async function contentOf(dataSource: DataSource, subject: Subject): Promise<Readonly<Record<string, unknown>>> {
  switch (subject.kind) {
    case 'message': {
      const { key, payload, fixedPayload, ...letter } = await showDeadLetter(dataSource, subject.id);
      return { ...letter, key: textOf(key), payload: textOf(payload), fixedPayload: textOf(fixedPayload) };
    }
    case 'outbox':
      return {
        ...(await showRefused(dataSource, subject.id)),
        decisions: await decisionsAbout(dataSource, nameOf(subject)),
      };
    case 'job':
      return {
        ...(await failedJob(dataSource, subject.id)),
        decisions: await decisionsAbout(dataSource, nameOf(subject)),
      };
  }
}

/** UTF-8, or base64 with a mark where it is none. */
function textOf(bytes: Buffer | null): string | null {
  if (bytes === null) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return `base64:${bytes.toString('base64')}`;
  }
}

function readable(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'string' ? value : JSON.stringify(value);
}
