import { randomBytes } from 'node:crypto';
import { CODECS, codecNumber, pack } from '@dozen/testing';
import fc from 'fast-check';
import { MalformedError } from '../cursor.js';
import { TooLargeError } from './output.js';
import { unpack } from './unpack.js';

const MIB = 1024 * 1024;
const PACKING = CODECS.filter((codec) => codec !== 'none');
const SNAPPY = codecNumber('snappy');
const LZ4 = codecNumber('lz4');

/** What packs well, what does not, and both in turn: every kind of element of the formats. */
const contents: [string, Buffer][] = [
  ['nothing', Buffer.alloc(0)],
  ['a byte', Buffer.from('x')],
  ['what repeats', Buffer.alloc(300_000, 'abc')],
  ['one byte again and again', Buffer.alloc(100_000)],
  ['noise', randomBytes(200_000)],
  ['JSON', Buffer.from(Array.from({ length: 2000 }, (_, n) => `{"n":${n},"id":"${n * 7919}"}`).join('\n'))],
  ['noise that comes again from afar', Buffer.concat([randomBytes(70_000), randomBytes(30), randomBytes(70_000)])],
];

describe.each(PACKING)('%s', (codec) => {
  const number = codecNumber(codec);

  it.each(contents)('gives back %s', async (_what, content) => {
    const twice = Buffer.concat([content, content]);
    expect((await unpack(number, await pack(codec, twice), MIB)).equals(twice)).toBe(true);
  });

  it('gives back whatever was packed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(fc.uint8Array(), fc.constant(Buffer.from('again and ')))), async (parts) => {
        const content = Buffer.concat(parts);
        expect(await unpack(number, await pack(codec, content), MIB)).toEqual(content);
      }),
    );
  });

  it('goes to the bound and not past it', async () => {
    const packed = await pack(codec, Buffer.alloc(MIB));
    expect(await unpack(number, packed, MIB)).toHaveLength(MIB);
    await expect(unpack(number, packed, MIB - 1)).rejects.toBeInstanceOf(TooLargeError);
  });

  it('refuses what is cut short', async () => {
    const packed = await pack(codec, Buffer.from('some text, some more text, and some text again'));
    for (let size = 0; size < packed.length; size += 1) {
      // A snappy stream may end after any block, and so after its header.
      if (codec === 'snappy-xerial' && size === 16) continue;
      await expect(unpack(number, packed.subarray(0, size), MIB)).rejects.toBeInstanceOf(MalformedError);
    }
  });

  it('refuses or unpacks what was changed on the way, in bounded time and memory, and throws nothing else', async () => {
    const packed = await pack(codec, Buffer.concat([Buffer.alloc(300, 'ab'), randomBytes(300), Buffer.alloc(300)]));
    const changes = fc.array(fc.tuple(fc.nat(packed.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(changes, async (changed) => {
        const broken = Buffer.from(packed);
        for (const [at, byte] of changed) broken[at] = byte;
        const result = await unpack(number, broken, MIB).catch((error: unknown) => error);
        if (result instanceof Buffer) expect(result.length).toBeLessThanOrEqual(MIB);
        else expect(result).toBeInstanceOf(MalformedError);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a codec', () => {
  it('that there is none of is refused', async () => {
    for (const number of [5, 6, 7]) {
      await expect(unpack(number, Buffer.alloc(10), MIB)).rejects.toBeInstanceOf(MalformedError);
    }
  });

  it.each([
    [
      'a literal of more than two GiB, at which a reader with signed numbers goes backwards',
      [16, 0, 0, 0xfc, 0, 0xff, 0xff, 0xff],
    ],
    ['a copy from before the beginning', [8, 0, 65, 0x05, 2]],
    ['a copy of distance 0', [8, 0, 65, 0x05, 0]],
    ['more than it announces', [1, 4, 65, 66]],
    ['less than it announces', [3, 4, 65, 66]],
    ['a length of more than 32 bits', [0xff, 0xff, 0xff, 0xff, 0xff, 1]],
  ])('snappy refuses %s', async (_what, bytes) => {
    await expect(unpack(SNAPPY, Buffer.from(bytes), MIB)).rejects.toBeInstanceOf(MalformedError);
  });

  it('snappy takes no memory for a length past the bound', async () => {
    const announced = Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0, 65]);
    await expect(unpack(SNAPPY, announced, MIB)).rejects.toBeInstanceOf(TooLargeError);
  });

  const lz4 = (...block: number[]) =>
    Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82, block.length, 0, 0, 0, ...block, 0, 0, 0, 0]);

  it.each([
    ['another magic', Buffer.alloc(20, 1)],
    ['a block longer than the frame', lz4(0x10, 65).fill(50, 7, 8)],
    ['a copy from before the beginning', lz4(0x10, 65, 2, 0)],
    ['a copy of distance 0', lz4(0x10, 65, 0, 0)],
    ['a literal longer than its block', lz4(0xf0, 100, 65)],
    ['a match without its distance', lz4(0x10, 65, 1)],
  ])('lz4 refuses %s', async (_what, frame) => {
    await expect(unpack(LZ4, frame, MIB)).rejects.toBeInstanceOf(MalformedError);
  });

  it('lz4 reads blocks that were not packed, with checksums and with the length of the content', async () => {
    const stored = Buffer.from([3, 0, 0, 0x80, 65, 66, 67]);
    const summed = [...stored, 1, 2, 3, 4, 0, 0, 0, 0, 5, 6, 7, 8];
    const frame = [0x04, 0x22, 0x4d, 0x18, 0x7c, 0x40, 3, 0, 0, 0, 0, 0, 0, 0, 0x99, ...summed];
    expect((await unpack(LZ4, Buffer.from(frame), MIB)).toString()).toBe('ABC');
  });
});
