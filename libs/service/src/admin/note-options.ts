import { z } from 'zod';

const note = z.string().trim().min(1).max(500);

/** Options of a command whose decision is recorded. */
export const noteOptions = { by: note.describe('who decides'), why: note.describe('why') };
