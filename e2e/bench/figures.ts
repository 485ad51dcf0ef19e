/** One row of the table: what was measured, in which unit, over how many runs. */
export interface Figure {
  readonly name: string;
  readonly unit: 'ms' | 'MB' | 'ratio' | 'requests' | 'count';
  readonly values: readonly number[];
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  const lower = sorted[sorted.length % 2 === 0 ? middle - 1 : middle];
  if (upper === undefined || lower === undefined)
    throw new Error('there is nothing to take the median of');
  return (upper + lower) / 2;
}

/** A Markdown table with minimum, median and maximum, as the README shows it. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map(({ name, unit, values }) => {
    const [low, middle, high] = [Math.min(...values), median(values), Math.max(...values)];
    // Where a millisecond is much, its hundredths are shown.
    const isFine = unit === 'ratio' || (unit === 'ms' && middle < 10);
    const show = (value: number) => value.toFixed(isFine ? 2 : 0);
    const suffix = unit === 'ratio' || unit === 'count' ? '' : ` ${unit}`;
    return `| ${name} | ${show(low)} | **${show(middle)}**${suffix} | ${show(high)} | ${values.length} |`;
  });
  return ['| figure | min | median | max | runs |', '|---|---:|---:|---:|---:|', ...rows].join(
    '\n',
  );
}
