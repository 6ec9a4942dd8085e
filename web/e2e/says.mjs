// Figures as the page writes them, read back.
const SCALES = { '': 1, '%': 1, m: 1, core: 1000, cores: 1000, B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 };

/** Whether the text says this value: the number in its unit (or the one that stands above its column), rounded to the digits it has. "≥" says that some nodes are missing. */
export function says(text, value, unitOfColumn = '') {
  if (value == null) return text === '–';
  const [, less, sign, number, unit] = /^(< )?(−?)([\d,]+(?:\.\d+)?)\s*([A-Za-z%]*)(?:\/s)?$/.exec(text.replace(/^≥ /, '')) ?? [];
  const scale = SCALES[unit || unitOfColumn];
  if (number === undefined || scale === undefined) return false;
  const said = Number(number.replaceAll(',', '')) * scale * (sign ? -1 : 1);
  if (less) return value > 0 && value < said;
  const digits = number.split('.')[1]?.length ?? 0;
  return Math.abs(said - value) <= (0.5 * 10 ** -digits + 1e-9) * scale;
}
