// The scale of an overlay's colours: from values to shares between the smallest and the largest.

export class Scale {
  /**
   * @param {(number | string | null)[]} values all that are to be shown; texts and null lie on no scale
   * @param {"log" | "linear"} kind
   * @param {[number, number] | null} range from where to where, where that is not for the values to say
   */
  constructor(values, kind, range) {
    const numbers = range ?? values.filter((value) => typeof value === "number");
    this.isLog = kind === "log" && (range ? range[0] > 0 : numbers.some((value) => value > 0));
    /** The smallest and the largest; undefined where there is no number. */
    this.range = range ?? this.measure(numbers);
  }

  measure(numbers) {
    const used = this.isLog ? numbers.filter((value) => value > 0) : numbers;
    if (!used.length) return undefined;
    const [least, most] = [used.reduce((a, b) => Math.min(a, b)), used.reduce((a, b) => Math.max(a, b))];
    return [!this.isLog && least > 0 && least < 0.5 * most ? 0 : least, most];
  }

  /** Where a value lies between the smallest and the largest, from 0 to 1; in the middle where they are one. */
  share(value) {
    const [least, most] = this.range;
    if (value < least) return 0; // a zero on a logarithmic scale
    if (most === least) return 0.5;
    const share = this.isLog ? Math.log(value / least) / Math.log(most / least) : (value - least) / (most - least);
    return Math.min(1, share);
  }

  /** Round values between the smallest and the largest, about `count` of them. */
  ticks(count = 4) {
    if (!this.range) return [];
    const [least, most] = this.range;
    if (!this.isLog || most / least < 10) return even(least, most, count);
    const [low, high] = [Math.ceil(Math.log10(least) - 1e-9), Math.floor(Math.log10(most) + 1e-9)];
    const step = Math.max(1, Math.ceil((high - low) / count));
    return Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, i) => 10 ** (low + i * step));
  }
}

function even(least, most, count) {
  if (most === least) return [least];
  const rough = (most - least) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((one) => one * power >= rough) ?? 10);
  const ticks = [];
  for (let i = Math.ceil(least / step - 1e-9); i * step <= most * (1 + 1e-9); i += 1) ticks.push(i * step);
  return ticks;
}
