/** Numbers, texts and bytes one after the other in a signed file. Each has its length before it; both sides know the order. */
import { writeSync } from 'node:fs';
import { signatureLength, signer, type Key } from './sign.ts';

const numberLength = 8;

export class RecordReader {
  readonly #content: Buffer;
  #at = 0;

  constructor(content: Buffer) {
    this.#content = content;
  }

  numbers(count: number): readonly number[] {
    const found: number[] = [];
    for (; count > 0; count--, this.#at += numberLength) found.push(this.#content.readDoubleLE(this.#at));
    return found;
  }

  text(): string {
    const start = this.#skip();
    return this.#content.toString('utf8', start, this.#at);
  }

  bytes(): Uint8Array {
    const start = this.#skip();
    return this.#content.subarray(start, this.#at);
  }

  #skip(): number {
    const [length = 0] = this.numbers(1);
    const start = this.#at;
    this.#at += length;
    return start;
  }
}

/** Writes in few large pieces, so that not all of it is there twice. */
export class RecordWriter {
  readonly #file: number;
  readonly #signature: ReturnType<typeof signer>;
  #buffer = Buffer.allocUnsafe(256 * 1024);
  #at = 0;

  /** @param file descriptor of an empty file */
  constructor(file: number, build: string, key: Key) {
    this.#file = file;
    this.#signature = signer(build, key);
    writeAll(file, Buffer.alloc(signatureLength));
  }

  numbers(...values: readonly number[]): void {
    this.#need(values.length * numberLength);
    for (const value of values) this.#at = this.#buffer.writeDoubleLE(value, this.#at);
  }

  text(value: string): void {
    const length = Buffer.byteLength(value);
    this.numbers(length);
    this.#need(length);
    this.#at += this.#buffer.write(value, this.#at);
  }

  bytes(value: Uint8Array): void {
    this.numbers(value.length);
    this.#need(value.length);
    this.#buffer.set(value, this.#at);
    this.#at += value.length;
  }

  /** The signature comes first, and is known last. */
  end(): void {
    this.#flush();
    writeSync(this.#file, this.#signature.digest(), 0, signatureLength, 0);
  }

  #need(length: number): void {
    if (this.#at + length <= this.#buffer.length) return;
    this.#flush();
    if (length > this.#buffer.length) this.#buffer = Buffer.allocUnsafe(length);
  }

  #flush(): void {
    const piece = this.#buffer.subarray(0, this.#at);
    this.#signature.update(piece);
    writeAll(this.#file, piece);
    this.#at = 0;
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
}
