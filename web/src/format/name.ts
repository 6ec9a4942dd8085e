// What Kubernetes makes of a pod's name: the workload's part, a hash of the template, and a suffix.

export interface NameParts {
  stem: string;
  hash: string;
  suffix: string;
}

// Generated parts use no vowels and none of 0, 1, 3, so that they spell nothing.
const GENERATED = /^(.+?)(-[0-9a-z]{5,10})?(-[b-df-hj-np-tv-z24-9]{5}|-\d{1,3})$/;
const HASH = /^-(?=.*\d)[0-9a-z]{5,10}$|^-[b-df-hj-np-tv-z24-9]{8,10}$/;

export function splitName(name: string): NameParts {
  const match = GENERATED.exec(name);
  if (!match) return { stem: name, hash: '', suffix: '' };
  const [, stem = '', hash = '', suffix = ''] = match;
  return HASH.test(hash) ? { stem, hash, suffix } : { stem: stem + hash, hash: '', suffix };
}
