import {
  FieldColorBuilder, FieldColorModeId, MappingType, ThresholdsConfigBuilder, ThresholdsMode, type DynamicConfigValue, type Threshold, type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { limitsOf, type Look } from './panel.ts';

/** Colour of what has no limits: it is neither good nor bad. */
const NEUTRAL = 'text';

/** The colours of a value, and from which value on. */
export function thresholds(look: Look): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps(look));
}

function steps(look: Look): Threshold[] {
  const { warnFrom, alarmFrom, warnBelow, alarmBelow } = look;
  if (warnBelow !== undefined || alarmBelow !== undefined) return stepsBelow(warnBelow, alarmBelow);
  return [
    { value: null, color: hasLimits(look) ? 'green' : NEUTRAL },
    ...(warnFrom === undefined ? [] : [{ value: warnFrom, color: 'orange' }]),
    ...(alarmFrom === undefined ? [] : [{ value: alarmFrom, color: 'red' }]),
  ];
}

function stepsBelow(warnBelow: number | undefined, alarmBelow: number | undefined): Threshold[] {
  return [
    { value: null, color: alarmBelow === undefined ? 'orange' : 'red' },
    ...(alarmBelow !== undefined && warnBelow !== undefined ? [{ value: alarmBelow, color: 'orange' }] : []),
    { value: warnBelow ?? alarmBelow ?? 0, color: 'green' },
  ];
}

/** Whether a value can be good or bad. */
export function hasLimits(look: Look): boolean {
  return Object.keys(limitsOf(look)).length > 0;
}

/** Lines have a colour each; numbers that of their limits. */
export function colorScheme(kind: 'lines' | 'limits'): FieldColorBuilder {
  return new FieldColorBuilder().mode(kind === 'lines' ? FieldColorModeId.PaletteClassic : FieldColorModeId.Thresholds);
}

/** Words instead of numbers. */
export function mappings({ words = {} }: Look): ValueMapping[] {
  const options = Object.fromEntries(Object.entries(words).map(([value, text], index) => [value, { text, index }]));
  return Object.keys(options).length === 0 ? [] : [{ type: MappingType.ValueToText, options }];
}

/** A look as properties that override the panel's for one column of a table. */
export function columnProperties(look: Look): DynamicConfigValue[] {
  const { unit, decimals } = look;
  const words = mappings(look);
  return [
    ...(unit === undefined ? [] : [{ id: 'unit', value: unit }]),
    ...(decimals === undefined ? [] : [{ id: 'decimals', value: decimals }]),
    ...(words.length === 0 ? [] : [{ id: 'mappings', value: words }]),
    ...(hasLimits(look) ? [{ id: 'thresholds', value: thresholds(look).build() }, { id: 'custom.cellOptions', value: { type: 'color-text' } }] : []),
  ];
}
