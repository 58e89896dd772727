import { describe, expect, test } from 'vitest';
import { displayText } from '../../../src/core/template.ts';
import { loader as environmentLoader } from '../../../src/loaders/kubelet/environment-file.ts';
import { loader } from '../../../src/loaders/nodes/index.ts';

describe('environment files', () => {
  const read = (text: string) =>
    environmentLoader
      .facts({ path: 'etc/sysconfig/kubelet', kind: 'environment-file', text })
      .flatMap((fact) =>
        fact.kind === 'environment.variable'
          ? [[fact.name, fact.value.text, text.slice(fact.span.start, fact.span.end)]]
          : [],
      );

  test.each([
    ['A=b', [['A', 'b', 'b']]],
    ['A=', [['A', '', '']]],
    ['A=b', [['A', 'b', 'b']]],
    [
      '  A = b c  \nB=d',
      [
        ['A', 'b c', 'b c'],
        ['B', 'd', 'd'],
      ],
    ],
    ['A="b c" # d\n', [['A', 'b c# d', '"b c" # d']]],
    [
      "A='b\nc'\r\nB=d\r\n",
      [
        ['A', 'b\nc', "'b\nc'"],
        ['B', 'd', 'd'],
      ],
    ],
    ['# A=1\n; B=2\nC\nD=3', [['D', '3', '3']]],
    ['A=b \\\n  c', [['A', 'b   c', 'b \\\n  c']]],
    ['A="--x=\\"y\\" \\$z \\q"', [['A', '--x="y" $z \\q', '"--x=\\"y\\" \\$z \\q"']]],
    ['A=a\\ b', [['A', 'a b', 'a\\ b']]],
    ['export A=b', []],
    ['A=b', [['A', 'b', 'b']]],
    ['A="unclosed\nB=c', [['A', 'unclosed\nB=c', '"unclosed\nB=c']]],
    ['\n\n\r\nA=b\n\n', [['A', 'b', 'b']]],
    ['', []],
  ])('%j', (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  test.each([
    ['blanks', ' '.repeat(2 << 20)],
    ['backslashes', 'A=' + '\\'.repeat(2 << 20)],
    ['escapes in quotes', 'A="' + '\\a'.repeat(1 << 20)],
    ['quotes', 'A=' + `"'`.repeat(1 << 20)],
    ['lines', 'A=b\n'.repeat(1 << 18)],
  ])('a text of 2 MiB: %s', (_name, text) => {
    expect(() => read(text)).not.toThrow();
  });
});

describe('modules-load.d', () => {
  test('one module a line, comments, `-` for `_`, blanks, CRLF', () => {
    const text = '# ip_vs_wrr\n; x\n\nip_vs\r\n  ip-vs-rr  \nbr_netfilter';
    const found = loader.facts({ path: 'etc/modules-load.d/a.conf', kind: 'modules-load', text });
    expect(found).toMatchObject([{ name: 'ip_vs' }, { name: 'ip_vs_rr' }, { name: 'br_netfilter' }]);
    expect(found.map(({ span }) => text.slice(span.start, span.end))).toEqual(['ip_vs', 'ip-vs-rr', 'br_netfilter']);
  });
});

describe('defaults of GRUB', () => {
  const read = (text: string) =>
    loader
      .facts({ path: 'etc/default/grub', kind: 'grub-default', text })
      .flatMap((fact) => (fact.kind === 'kernel.parameters' ? [[displayText(fact.text), fact.text.holes.length]] : []));

  test.each([
    ['GRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX="a b=c"\n', [['a b=c', 0]]],
    ["GRUB_CMDLINE_LINUX='a $b'", [['a $b', 0]]],
    ['GRUB_CMDLINE_LINUX_DEFAULT=quiet', [['quiet', 0]]],
    [
      'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX a"\nGRUB_CMDLINE_LINUX+=" b"',
      [
        [' a', 0],
        [' b', 0],
      ],
    ],
    ['GRUB_CMDLINE_LINUX="a ${B} $(c) `d`"', [['a ${B} $(c) `d`', 3]]],
    ['# GRUB_CMDLINE_LINUX="a"\nGRUB_CMDLINE_LINUX_RECOVERY="b"', []],
    ['GRUB_CMDLINE_LINUX=""', [['', 0]]],
    ['GRUB_CMDLINE_LINUX=', [['', 0]]],
  ])('%j', (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  test('a line of 2 MiB', () => {
    expect(read(`GRUB_CMDLINE_LINUX="${'$('.repeat(1 << 20)}`)).toHaveLength(1);
  });
});
