import { describe, expect, test } from 'vitest';
import { flagsOf, splitWords } from '../../../src/core/flags.ts';
import { isKernelBelow, parseKernelRelease } from '../../../src/core/kernel-release.ts';
import { fileTemplate } from '../../../src/core/template.ts';
import { compareVersions, isInRange, parseVersion } from '../../../src/core/version.ts';
import { conntrackCostPerNamespace } from '../../../src/knowledge/conntrack.ts';
import { systemdVersionOf } from '../../../src/knowledge/kernel-distributions.ts';

describe('versions', () => {
  test.each([
    ['v1.19.3', [1, 19, 3]],
    ['1.19.3-0', [1, 19, 3]],
    ['3:19.03.13-3.el7', [19, 3, 13]],
    ['18.06.3~ce~3-0~ubuntu', [18, 6, 3]],
    ['1.20.2-00', [1, 20, 2]],
    ['v1.14.10-gke.36', [1, 14, 10]],
    [' 17.06', [17, 6]],
    ['stable-1', undefined],
    ['latest', undefined],
    ['', undefined],
  ])('%s', (text, expected) => {
    expect(parseVersion(text)).toEqual(expected);
  });

  test('a missing number counts as 0', () => {
    expect(compareVersions([1, 19], [1, 19, 0])).toBe(0);
    expect(compareVersions([1, 9], [1, 19])).toBeLessThan(0);
    expect(compareVersions([1160, 24, 1], [1062, 4, 1])).toBeGreaterThan(0);
  });

  test('an end of a range says nothing of the numbers it does not have', () => {
    expect(isInRange([1, 13, 9], [1, 8], [1, 13])).toBe(true);
    expect(isInRange([1, 14, 0], [1, 8], [1, 13])).toBe(false);
    expect(isInRange([1, 7, 99], [1, 8], undefined)).toBe(false);
    expect(isInRange([9], undefined, undefined)).toBe(true);
  });
});

describe('kernel releases', () => {
  test.each([
    ['3.10.0-1160.24.1.el7.x86_64', [3, 10, 0], [1160, 24, 1], '.el7.x86_64', true],
    ['3.10.0-514.el7.x86_64', [3, 10, 0], [514], '.el7.x86_64', true],
    ['5.4.278-1.el7.elrepo.x86_64', [5, 4, 278], [1], '.el7.elrepo.x86_64', false],
    ['3.10.108-1.el7.elrepo.x86_64', [3, 10, 108], [1], '.el7.elrepo.x86_64', false],
    ['3.8.13-118.el7uek.x86_64', [3, 8, 13], [118], '.el7uek.x86_64', false],
    ['3.10.0-1160.90.1.vz7.200.7', [3, 10, 0], [1160, 90, 1], '.vz7.200.7', false],
    ['5.15.0-91-generic', [5, 15, 0], [91], '-generic', false],
    ['6.1', [6, 1, 0], [], '', false],
  ])('%s', (text, version, build, rest, enterpriseLinux7) => {
    expect(parseKernelRelease(text)).toEqual({ text, version, build, rest, enterpriseLinux7 });
  });

  test('what is no release', () => {
    expect(parseKernelRelease('latest')).toBeUndefined();
    expect(parseKernelRelease('')).toBeUndefined();
  });

  test('older than', () => {
    const release = parseKernelRelease('4.18.0-348.el8.x86_64');
    expect(
      release && [isKernelBelow(release, 4, 7), isKernelBelow(release, 4, 18), isKernelBelow(release, 5, 0)],
    ).toEqual([false, false, true]);
  });
});

describe('words and flags', () => {
  const split = (text: string) => splitWords(fileTemplate('a', text)).map((word) => word.text);
  const flags = (text: string) => {
    const template = fileTemplate('a', text);
    return flagsOf(splitWords(template)).map(({ name, value, span }) => [
      name,
      value?.text,
      text.slice(span.start, span.end),
    ]);
  };

  test('quotes keep words together and are taken off', () => {
    expect(split(`a 'b c'"d" e\\ f "g`)).toEqual(['a', 'b cd', 'e f', 'g']);
    expect(split('  ')).toEqual([]);
    expect(split(`"" x`)).toEqual(['', 'x']);
    expect(split('a\\')).toEqual(['a\\']);
  });

  test('with a value, with the next word as value, without one', () => {
    expect(flags('--a=b --c d -v=2 --e --f= g -- --h=1')).toEqual([
      ['a', 'b', '--a=b'],
      ['c', 'd', '--c d'],
      ['v', '2', '-v=2'],
      ['e', undefined, '--e'],
      ['f', '', '--f='],
    ]);
  });

  test('what only looks like a flag', () => {
    expect(flags('- -- --9 --a!b')).toEqual([]);
  });
});

describe('conntrack tables of a network namespace', () => {
  const el7 = { text: '', version: [3, 10, 0], build: [1160], rest: '.el7.x86_64', enterpriseLinux7: true };

  test.each([
    [2, 32768, 524288, 6, false],
    [4, 32768, 524288, 6, false],
    [8, 65536, 1048576, 7, false],
    [48, 393216, 6291456, 10, false],
    [64, 524288, 8388608, 10, false],
    [96, 786432, 12582912, 11, true],
    [128, 1048576, 16777216, 11, true],
    [192, 1572864, 25165824, 12, true],
  ])('%d processors', (processors, buckets, bytes, allocationOrder, alwaysVmalloc) => {
    expect(conntrackCostPerNamespace(processors, el7)).toMatchObject({
      buckets,
      bytes,
      allocationOrder,
      alwaysVmalloc,
    });
  });

  test('kernels from 4.7 on have one table for all', () => {
    expect(conntrackCostPerNamespace(64, { ...el7, version: [4, 7, 0] })).toBeUndefined();
    expect(conntrackCostPerNamespace(64, { ...el7, version: [4, 6, 9] })).toBeDefined();
  });
});

test('systemd of a distribution', () => {
  expect(
    [
      'CentOS Linux 7 (Core)',
      'Red Hat Enterprise Linux Server 7.9 (Maipo)',
      'CentOS 7.9.2009',
      'Oracle Linux Server 8.4',
    ].map(systemdVersionOf),
  ).toEqual([219, 219, 219, 239]);
  expect(['Debian GNU/Linux 12 (bookworm)', 'Ubuntu 22.04.3 LTS', 'Amazon Linux 2'].map(systemdVersionOf)).toEqual([
    252, 249, 219,
  ]);
  expect(
    ['Amazon Linux 2023', 'Flatcar', 'Ubuntu 16.10', 'Debian GNU/Linux 10 (buster)'].map(systemdVersionOf),
  ).toEqual([undefined, undefined, undefined, undefined]);
});
