/**
 * What is known about an input before it is sent. `legal`: it must be taken and reach its end. `illegal`: it must be
 * refused. `free`: either will do, as long as nothing breaks.
 */
export type Grade = 'legal' | 'illegal' | 'free';

export interface Graded<T> {
  readonly grade: Grade;
  readonly value: T;
}

/** The grade of a thing with parts: one illegal part makes it illegal, and one doubtful part makes it doubtful. */
export function worst(grades: readonly Grade[]): Grade {
  if (grades.includes('illegal')) return 'illegal';
  return grades.includes('free') ? 'free' : 'legal';
}
