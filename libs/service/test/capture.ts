/** What is written to stdout until `restore`. */
export function captureStdout() {
  const original = process.stdout.write.bind(process.stdout);
  let text = '';
  process.stdout.write = (chunk: string | Uint8Array) => {
    text += chunk.toString();
    return true;
  };
  return {
    text: () => text,
    clear: () => void (text = ''),
    restore: () => void (process.stdout.write = original),
  };
}
