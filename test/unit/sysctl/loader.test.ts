import { describe, expect, it } from 'vitest';
import { sysctlKey, sysctlName } from '../../../src/core/sysctl-key.ts';
import { fileTemplate } from '../../../src/core/template.ts';
import { sysctlFacts } from '../../../src/loaders/sysctl/index.ts';

function settings(text: string): readonly string[] {
  return sysctlFacts(fileTemplate('etc/sysctl.d/50-net.conf', text)).map(
    ({ key, value, ignoreErrors, span }) =>
      `${ignoreErrors ? '-' : ''}${key}=${value.text} @${text.slice(span.start, span.end)}`,
  );
}

describe('sysctlKey', () => {
  it.each([
    ['vm.swappiness', 'vm/swappiness'],
    ['vm/swappiness', 'vm/swappiness'],
    ['net.ipv4.conf.eth0/1.rp_filter', 'net/ipv4/conf/eth0.1/rp_filter'],
    ['net/ipv4/conf/eth0.1/rp_filter', 'net/ipv4/conf/eth0.1/rp_filter'],
    ['plain', 'plain'],
  ])('makes a path of %s', (written, key) => {
    expect(sysctlKey(written)).toBe(key);
  });

  it('is undone by sysctlName', () => {
    expect(sysctlName('net/ipv4/conf/eth0.1/rp_filter')).toBe('net.ipv4.conf.eth0/1.rp_filter');
  });
});

describe('sysctlFacts', () => {
  it('reads keys, values and their places', () => {
    expect(settings('# note\n; note\n  vm.swappiness = 10  \r\nkernel.core_pattern=|/bin/x %p = 1\n')).toEqual([
      'vm/swappiness=10 @10',
      'kernel/core_pattern=|/bin/x %p = 1 @|/bin/x %p = 1',
    ]);
  });

  it('takes a dash for ignored errors, and a lone key with a dash for no setting', () => {
    expect(settings('-vm.swappiness = 10\n-net.ipv4.conf.all.rp_filter\nnet.ipv4.conf.*.rp_filter=2')).toEqual([
      '-vm/swappiness=10 @10',
      'net/ipv4/conf/*/rp_filter=2 @2',
    ]);
  });

  it('points at the key where the value is empty, and skips what is no setting', () => {
    expect(settings('vm.swappiness =\n= 1\nsome words = 1\nno setting\n')).toEqual(['vm/swappiness= @vm.swappiness']);
  });

  it('names the file', () => {
    const text = fileTemplate('a/sysctl.d/90-x.conf', 'vm.swappiness=1');
    expect(sysctlFacts(text)[0]?.fileName).toBe('90-x.conf');
    expect(sysctlFacts(text, 'puppet', 'other.conf')[0]?.fileName).toBe('other.conf');
  });

  it('reads a long line and many lines without a square of the time', () => {
    const long = `${' '.repeat(500_000)}vm.x=${'1 '.repeat(500_000)}`;
    expect(settings(long)).toHaveLength(1);
    expect(settings('vm.x=1\n'.repeat(50_000))).toHaveLength(50_000);
  });
});
