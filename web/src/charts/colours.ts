// Colours of the style sheet, for the style sheet and for canvas.
import type { Colour } from './model';

/** For CSS. */
export function cssColour({ metric, share }: Colour): string {
  return share === undefined ? `var(--${metric})` : `color-mix(in oklab, var(--${metric}) ${share}%, var(--surface))`;
}

export type Palette = (name: string) => string;

/** The values the theme has now; read once a drawing, as each look-up costs a style computation. */
export function palette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const known = new Map<string, string>();
  return (name) => {
    let value = known.get(name);
    if (value === undefined) {
      value = style.getPropertyValue(`--${name}`).trim();
      known.set(name, value);
    }
    return value;
  };
}

/** For canvas, which knows no variables. */
export function canvasColour({ metric, share }: Colour, colours: Palette): string {
  return share === undefined ? colours(metric) : `color-mix(in oklab, ${colours(metric)} ${share}%, ${colours('surface')})`;
}

export function transparent(colour: string, percent: number): string {
  return `color-mix(in srgb, ${colour} ${percent}%, transparent)`;
}
