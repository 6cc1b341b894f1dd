import { backingError, BackingCode, fileSystemError, saysDiskFull } from './errors.js';

const errno = (code: string): Error => Object.assign(new Error(code), { code });

describe('backingError', () => {
  it('says what happened, what to do and how the log ended', () => {
    const error = backingError(BackingCode.kafkaStart, {
      what: 'Kafka ended.',
      todo: 'Read the log.',
      lines: ['one', 'two'],
      logFile: 'kafka.log',
    });
    expect(error.message).toBe('Kafka ended.\nRead the log.\nLast lines of kafka.log:\n  one\n  two');
  });
});

describe('fileSystemError', () => {
  it('takes what mkdir says of a read-only file system for what it is', () => {
    const thrown = Object.assign(errno('ENOENT'), { syscall: 'mkdir' });
    expect(fileSystemError(thrown, '/data')).toMatchObject({ code: 'BACKING-FOLDER' });
    expect(fileSystemError(errno('ENOENT'), '/data')).toMatchObject({ code: 'ENOENT' });
  });

  it.each([
    ['ENOSPC', 'BACKING-DISK-FULL'],
    ['EDQUOT', 'BACKING-DISK-FULL'],
    ['EACCES', 'BACKING-FOLDER'],
    ['EROFS', 'BACKING-FOLDER'],
    ['ENOTDIR', 'BACKING-FOLDER'],
  ])('%s becomes %s', (code, expected) => {
    expect(fileSystemError(errno(code), '/data')).toMatchObject({ code: expected });
  });

  it('leaves anything else as it is', () => {
    const error = errno('EMFILE');
    expect(fileSystemError(error, '/data')).toBe(error);
  });
});

describe('saysDiskFull', () => {
  it('knows the words of PostgreSQL and of Java', () => {
    expect(saysDiskFull(['initdb: error: could not write: No space left on device'])).toBe(true);
    expect(saysDiskFull(['java.io.IOException: Disk quota exceeded'])).toBe(true);
    expect(saysDiskFull(['all is well'])).toBe(false);
  });
});
