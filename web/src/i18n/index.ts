import { useMemo } from 'react';
import { age, duration } from '../format/time';
import { integer, quantity, signed, text, type Measured, type Quantity, type Unit } from '../format/units';
import { usePreferences } from '../state/preferences';
import { en, type Messages } from './en';
import { ko } from './ko';

export type { Messages };

export function useMessages(): Messages {
  return usePreferences().language === 'ko' ? ko : en;
}

/** Numbers, units and lengths of time in the language of the page. */
export interface Format {
  quantity: (unit: Unit, value: Measured, set?: boolean) => Quantity | null;
  text: (unit: Unit, value: Measured, set?: boolean) => string;
  signed: (unit: Unit, value: Measured) => string;
  integer: (value: number) => string;
  duration: (seconds: number) => string;
  age: (seconds: number) => string;
}

export function makeFormat(messages: Messages): Format {
  return {
    quantity: (unit, value, set) => quantity(unit, value, messages.units, set),
    text: (unit, value, set) => text(unit, value, messages.units, set),
    signed: (unit, value) => signed(unit, value, messages.units),
    integer,
    duration: (seconds) => duration(seconds, messages.time),
    age: (seconds) => age(seconds, messages.ageUnits),
  };
}

export function useFormat(): Format {
  const messages = useMessages();
  return useMemo(() => makeFormat(messages), [messages]);
}
