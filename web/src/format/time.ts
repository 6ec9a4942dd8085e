// Instants and lengths of time. Instants are Unix seconds, shown in the browser's zone.

export interface TimeWords {
  second: string;
  minute: string;
  hour: string;
  day: string;
  /** Between the number and its unit, and between two of them. */
  gap: string;
}

const two = (value: number) => String(value).padStart(2, '0');

export function clock(seconds: number, withSeconds = true): string {
  const date = new Date(seconds * 1000);
  const short = `${two(date.getHours())}:${two(date.getMinutes())}`;
  return withSeconds ? `${short}:${two(date.getSeconds())}` : short;
}

/** "UTC", "UTC+9", "UTC−3:30" */
export function zone(at: Date = new Date()): string {
  const minutes = -at.getTimezoneOffset();
  if (minutes === 0) return 'UTC';
  const hours = Math.floor(Math.abs(minutes) / 60);
  const rest = Math.abs(minutes) % 60;
  return `UTC${minutes < 0 ? '−' : '+'}${hours}${rest ? `:${two(rest)}` : ''}`;
}

/** Long form, two units: "2 m 10 s", "1 h", "2분 10초". */
export function duration(seconds: number, words: TimeWords): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts: [number, string][] = [
    [Math.floor(whole / 86400), words.day],
    [Math.floor(whole / 3600) % 24, words.hour],
    [Math.floor(whole / 60) % 60, words.minute],
    [whole % 60, words.second],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return `0${words.gap}${words.second}`;
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count}${words.gap}${unit}`)
    .join(' ');
}

/** Short form for tables, as kubectl: 59m, 4h, 8d. */
export function age(seconds: number, words: TimeWords): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole}${words.second}`;
  if (whole < 3600) return `${Math.floor(whole / 60)}${words.minute}`;
  if (whole < 172800) return `${Math.floor(whole / 3600)}${words.hour}`;
  return `${Math.floor(whole / 86400)}${words.day}`;
}

/** Unix seconds of an RFC 3339 instant. */
export function parseTime(text: string | undefined): number | null {
  if (text === undefined) return null;
  const milliseconds = Date.parse(text);
  return Number.isNaN(milliseconds) ? null : milliseconds / 1000;
}
