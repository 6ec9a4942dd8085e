// Numbers and their units: three significant digits, a unit that adapts, and never a false zero.

export type Unit = 'cpu' | 'bytes' | 'rate' | 'percent' | 'count' | 'cores' | 'gib';

/** A number as printed and the unit behind it, which may be empty. */
export interface Quantity {
  number: string;
  unit: string;
}

/** Words that differ between languages. */
export interface UnitWords {
  core: string;
  cores: string;
}

export type Measured = number | null | undefined;

export const MISSING = '–';
const MINUS = '−';
const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** Thousands are separated by a comma in both languages. */
export function integer(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** 1,420 · 65.0 · 1.85 */
export function threeDigits(value: number): string {
  if (value >= 999.5) return integer(value);
  if (value >= 99.95) return value.toFixed(0);
  if (value >= 9.995) return value.toFixed(1);
  return value.toFixed(2);
}

/** As three digits, but whole numbers without decimals: for what somebody set, such as a limit. */
function shortest(value: number): string {
  return Number.isInteger(value) ? integer(value) : threeDigits(value);
}

function cpu(millicores: number, words: UnitWords, digits: (value: number) => string): Quantity {
  if (millicores < 999.5) {
    const number = millicores > 0 && millicores < 9.95 ? atLeast(millicores, 0.1, 1) : millicores.toFixed(0);
    return { number, unit: 'm' };
  }
  const number = digits(millicores / 1000);
  return { number, unit: number === '1' ? words.core : words.cores };
}

function bytes(value: number, suffix: string, digits: (value: number) => string): Quantity {
  let power = 0;
  let rest = value;
  while (rest >= 1023.5 && power < BYTE_UNITS.length - 1) {
    rest /= 1024;
    power++;
  }
  const number = power === 0 ? (rest > 0 && rest < 0.5 ? '< 1' : rest.toFixed(0)) : digits(rest);
  return { number, unit: (BYTE_UNITS[power] ?? '') + suffix };
}

/** Below what can be printed, and yet not 0. */
function atLeast(value: number, smallest: number, decimals: number): string {
  return value < smallest / 2 ? `< ${smallest}` : value.toFixed(decimals);
}

function percent(value: number): Quantity {
  if (value <= 0) return { number: '0', unit: '%' };
  if (value < 0.1) return { number: '< 0.1', unit: '%' };
  return { number: value < 9.95 ? value.toFixed(1) : value.toFixed(0), unit: '%' };
}

/** Null where nothing was measured. `set` is for what somebody configured: "1 core", not "1.00 cores". */
export function quantity(unit: Unit, value: Measured, words: UnitWords, set = false): Quantity | null {
  if (value == null || !Number.isFinite(value)) return null;
  if (value < 0) {
    const positive = quantity(unit, -value, words, set);
    return positive && { ...positive, number: MINUS + positive.number };
  }
  const digits = set ? shortest : threeDigits;
  switch (unit) {
    case 'cpu':
      return cpu(value, words, digits);
    case 'bytes':
      return bytes(value, '', digits);
    case 'rate':
      return bytes(value, '/s', digits);
    case 'percent':
      return percent(value);
    case 'count':
      return { number: integer(value), unit: '' };
    // Fixed units, for columns that add up as printed.
    case 'cores':
      return { number: (value / 1000).toFixed(3), unit: '' };
    case 'gib':
      return { number: (value / 1024 ** 3).toFixed(2), unit: '' };
  }
}

/** The same in one string; an en dash where nothing was measured. */
export function text(unit: Unit, value: Measured, words: UnitWords, set = false): string {
  const parts = quantity(unit, value, words, set);
  if (!parts) return MISSING;
  return parts.unit ? `${parts.number} ${parts.unit}` : parts.number;
}

/** With a sign, for differences. */
export function signed(unit: Unit, value: Measured, words: UnitWords): string {
  if (value == null) return MISSING;
  const body = text(unit, Math.abs(value), words);
  return value > 0 ? `+${body}` : value < 0 ? MINUS + body : body;
}

/** part / whole in percent; nothing where either is missing or there is nothing to divide by. */
export function share(part: Measured, whole: Measured): number | null {
  return part == null || whole == null || whole <= 0 ? null : (part / whole) * 100;
}

/** The sum of what was measured; nothing where nothing was. */
export function sum(...values: Measured[]): number | null {
  let total: number | null = null;
  for (const value of values) if (value != null) total = (total ?? 0) + value;
  return total;
}
