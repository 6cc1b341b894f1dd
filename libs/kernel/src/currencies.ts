/**
 * How many digits the minor unit of a currency has: ISO 4217, list one of 2026-01-01, and those withdrawn since 2024, in
 * which an amount may still be stored. Funds and metals, in which nobody pays, are left out.
 *
 * `Intl` is no source for it: its digits are CLDR's, which follow what people write (HUF, COP, IDR, PKR without decimals),
 * and a payment provider would read a hundredth of what is shown.
 */
const CODES_BY_DIGITS: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  2: `AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC
      CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD
      KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK
      NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS
      TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG`,
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
};

const DIGITS: ReadonlyMap<string, number> = new Map(
  Object.entries(CODES_BY_DIGITS).flatMap(([digits, codes]) =>
    codes.split(/\s+/).map((code) => [code, Number(digits)] as const),
  ),
);

/** Codes of ISO 4217, in capitals. */
export const CURRENCIES: readonly string[] = [...DIGITS.keys()];

/** Decimals of the minor unit, 0 to 4; undefined for what is no currency code of ISO 4217. */
export function minorDigits(currency: string): number | undefined {
  return DIGITS.get(currency);
}
