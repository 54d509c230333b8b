// Numbers as people type them, and back. Reading is lenient: what is read here is drawn and never sent.
// The server reads the text itself, by survey/questions/number_parsing.py, and decides.

const SPACES = /[ \t\u00a0\u2007\u2009\u202f\u3000]+/g;
/** What nobody sees, beside a number or its signs; between two digits it is left to the server, which names it. */
const MARKS = /(?<!\d)\p{Cf}+|\p{Cf}+(?!\d)/gu;
/** Zeros of scripts whose digits are drawn too; digits of others are left to the server. */
const ZEROS = [0x0660, 0x06f0, 0x0966, 0xff10];
const PLAIN = "(?:\\d+(?:[.,]\\d*)?|[.,]\\d+)";
const GROUPED = `(?:\\d{1,3}(?: \\d{3})+(?:[.,]\\d*)?|${PLAIN})`;
const PERCENT = new RegExp(`^([+-]?${PLAIN}) *%?$`);
const ODDS = new RegExp(`^(${GROUPED})(?: *: *| +to +| +до +)(${GROUPED})$`, "i");
const ONE_IN_N = new RegExp(`^(?:(${GROUPED})(?: */ *| +(?:in|з|із|зі|на) +))?(${GROUPED})$`, "i");
const NUMBER = new RegExp(`^([+-]?)(${GROUPED})(?:e([+-]?\\d{1,2}))?$`, "i");
/** "1,000" is one thousand for one reader and one for another: it is not drawn, and the server says so. */
const TWO_WAYS = /,\d{3}(?!\d)/;

export const language = document.documentElement.lang || "en";
/** The day stands before the month, as everywhere on the pages. */
const dayLanguage = language === "en" ? "en-GB" : language;

/** A chance as an exact fraction { part, whole } of whole numbers, null where the text holds none. It may lie
    outside 0 and 1: people are told so. */
export function readChance(text, format) {
  const typed = folded(text);
  if (TWO_WAYS.test(typed)) return null;
  return { percent: readPercent, odds: readOdds, one_in_n: readOneInN }[format](typed);
}

function readPercent(typed) {
  const found = PERCENT.exec(typed);
  return found && fraction(decimal(found[1]), decimal("100"));
}

function readOdds(typed) {
  const found = ODDS.exec(typed);
  if (!found) return null;
  const [pro, contra] = [decimal(found[1]), decimal(found[2])];
  const [ways, against] = [pro.part * contra.whole, contra.part * pro.whole];
  return ways && against ? reduced(ways, ways + against) : null;
}

function readOneInN(typed) {
  const found = ONE_IN_N.exec(typed);
  return found && fraction(decimal(found[1] ?? "1"), decimal(found[2]));
}

/** A number, or null: "1 000,5", "-3", "2e3". */
export function readNumber(text) {
  const typed = folded(text);
  const found = TWO_WAYS.test(typed) ? null : NUMBER.exec(typed);
  return found && Number(`${found[1]}${found[2].replaceAll(" ", "").replace(",", ".")}e${found[3] ?? 0}`);
}

/** A date as days since 1970-01-01, or null. */
export function readDate(text) {
  const moment = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  return Number.isNaN(moment) ? null : moment / 86_400_000;
}

/** The inverse of `readDate`. */
export function writeDate(days) {
  return new Date(days * 86_400_000).toISOString().slice(0, 10);
}

/** A chance written for a box. Exact in odds and as one in n; in percent to two decimals, small ones to three figures. */
export function writeChance(chance, format, words) {
  const { part, whole } = reduced(chance.part, chance.whole);
  if (format === "odds") return `${part}:${whole - part}`;
  if (format === "one_in_n") return fill(words.one_in_n, { part, whole });
  const points = (100 * Number(part)) / Number(whole);
  const decimals = points >= 1 ? 2 : Math.min(10, 2 - Math.floor(Math.log10(points)));
  return writeNumber(rounded(part * 100n, whole, decimals), decimals);
}

/** A number of percent points as a fraction, by its shortest decimal. */
export function ofPoints(points) {
  return fraction(decimal(points.toFixed(6)), decimal("100"));
}

/** A fraction in percent points. */
export function inPoints({ part, whole }) {
  return Number((100 * (Number(part) / Number(whole))).toFixed(10));
}

/** Put values at the {places} of a sentence. */
export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}

/** A number in the page's language. */
export function saidNumber(value, options = {}) {
  return new Intl.NumberFormat(language, { maximumFractionDigits: 2, ...options }).format(value);
}

/** "12.5 %", with a space that does not break. */
export function saidPercent(points) {
  return `${saidNumber(points)}\u00a0%`;
}

/** A number written for a box, to be read again: a comma before three digits could be read in two ways. */
export function writeNumber(value, decimals = 6) {
  const text = saidNumber(value, { useGrouping: false, maximumFractionDigits: decimals });
  return TWO_WAYS.test(text) ? text.replace(",", ".") : text;
}

/** A number with its unit; a currency's sign goes first where the unit is written so, as `unit_sides` of the pages has it. */
export function saidWithUnit(value, unit = "") {
  const [first, ...rest] = unit.split(" ");
  const [before, after] = /^\p{Sc}/u.test(first) ? [first, rest] : ["", unit ? unit.split(" ") : []];
  return [before + saidNumber(value, { maximumFractionDigits: 6 }), ...after].join("\u00a0");
}

/** A date (days since 1970-01-01) in the page's language; the month stays with its number. */
export function saidDay(days, options = { day: "numeric", month: "long", year: "numeric" }) {
  return new Intl.DateTimeFormat(dayLanguage, { ...options, timeZone: "UTC" }).format(days * 86_400_000).replace(/^(\d+) /, "$1\u00a0");
}

function folded(text) {
  const plain = text.replace(MARKS, "").replace(SPACES, " ").trim().replaceAll("٫", ".").replace(/[％٪]/g, "%").replaceAll("\u2212", "-");
  return plain.replace(/[^\x00-\x7f]/g, (sign) => {
    const zero = ZEROS.find((first) => sign.charCodeAt(0) >= first && sign.charCodeAt(0) < first + 10);
    return zero ? String(sign.charCodeAt(0) - zero) : sign;
  });
}

function decimal(digits) {
  const [before, after = ""] = digits.replaceAll(" ", "").replace(",", ".").split(".");
  return { part: BigInt(before + after || "0"), whole: 10n ** BigInt(after.length) };
}

function fraction(above, below) {
  const [part, whole] = [above.part * below.whole, above.whole * below.part];
  return whole > 0n ? reduced(part, whole) : null;
}

function reduced(part, whole) {
  const shared = divisor(part, whole);
  return { part: part / shared, whole: whole / shared };
}

function divisor(one, other) {
  return other === 0n ? one : divisor(other, one % other);
}

/** Half up, as the server rounds. */
function rounded(part, whole, decimals) {
  const scale = 10n ** BigInt(decimals);
  return Number((2n * part * scale + whole) / (2n * whole)) / Number(scale);
}
