import { Segmented } from '../components/Segmented';
import { useMessages } from '../i18n';
import { useView, WINDOWS } from '../state/view';

export function WindowSwitch() {
  const { top } = useMessages();
  const { window, setWindow } = useView();
  return <Segmented label={top.window} options={WINDOWS.map((value) => ({ value, label: top.windows[value], title: top.windowNames[value] }))} value={window} onChange={setWindow} />;
}
