import { explains, type Fault, type Finding, Findings } from './finding.js';

const fault = (blamed: readonly string[], what = 'a 500'): Fault => ({ about: 'GET /', what, blamed, happened: '' });
const finding = (blamed: readonly string[]): Finding => ({
  fault: fault(blamed),
  sent: '',
  replay: undefined,
  afterCases: 1,
});

describe('findings', () => {
  it('are one when what is odd about the first is odd about the second, too', () => {
    expect(explains(fault(['a']), fault(['b', 'a']))).toBe(true);
    expect(explains(fault([]), fault(['b']))).toBe(true);
    expect(explains(fault(['a', 'b']), fault(['a']))).toBe(false);
    expect(explains(fault(['a']), fault(['a'], 'no answer'))).toBe(false);
  });

  it('are counted and not repeated', () => {
    const findings = new Findings();
    const first = finding(['a']);
    findings.add(first);
    expect(findings.isNew(fault(['a', 'b']))).toBe(false);
    expect(findings.isNew(fault(['c']))).toBe(true);
    expect(findings.timesOf(first)).toBe(2);
  });

  it('become one with another when they are made as small', () => {
    const findings = new Findings();
    const [known, wide] = [finding(['a']), finding(['a', 'b'])];
    findings.add(known);
    findings.add(wide);
    findings.replace(wide, finding(['a']));
    expect(findings.all).toEqual([known]);
    expect(findings.timesOf(known)).toBe(2);
  });

  it('give way to smaller ones', () => {
    const findings = new Findings();
    const [wide, small] = [finding(['a', 'b']), finding(['b'])];
    findings.add(wide);
    findings.replace(wide, small);
    expect(findings.all).toEqual([small]);
  });
});
