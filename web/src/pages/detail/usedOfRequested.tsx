import type { ReactNode } from 'react';
import type { Measured } from '../../format/units';
import type { Format, Messages } from '../../i18n';

/** "5.25 cores of 4 cores requested" */
export function usedOfRequested(unit: 'cpu' | 'bytes', used: Measured, requested: Measured, messages: Messages, format: Format): ReactNode {
  return (
    <>
      {format.text(unit, used)}
      {requested != null && requested > 0 && <span className="t3"> {messages.detail.suffixRequested(format.text(unit, requested, true))}</span>}
    </>
  );
}
