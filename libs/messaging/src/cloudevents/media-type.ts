/** Matches JSON by RFC 6839 and by habit. Parameters and case make no difference. */
const JSON_TYPE = /^(?:(?:application|text)\/json|[^/\s]+\/[^/\s]+\+json)$/;
/** CloudEvents in structured and in batched mode: attributes and data are together in the value. */
const STRUCTURED = /^application\/cloudevents/;

/** Why a `content-type` is not read; undefined for JSON. */
export function typeFault(contentType: string): string | undefined {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (STRUCTURED.test(type)) return 'content-type: CloudEvents in structured mode; this reads binary mode';
  return JSON_TYPE.test(type) ? undefined : 'content-type is not JSON';
}
