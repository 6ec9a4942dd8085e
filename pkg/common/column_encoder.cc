#include <array>
#include <limits>

#include "common/column_codec.h"
#include "common/column_format.h"

namespace kubemonitor {
namespace {

using column_format::DifferenceCount;
using column_format::IsDense;
using column_format::IsSparse;
using column_format::kFormBits;
using column_format::kKindBits;
using column_format::kMinRadix;
using column_format::kPageShift;
using column_format::kRadixBits;
using column_format::kShiftBits;
using column_format::PositionBits;
using column_format::PositionCountBits;
using column_format::RadixBits;
using column_format::RadixDigits;
using column_format::RadixGroupBits;
using column_format::Uint128;

// Differences as they are on the way to the bits; the array is the caller's.
using Differences = std::span<const uint64_t>;

struct Shift {
  unsigned bits = 0;
  bool of_base = false;
  unsigned cost = 1;  // bits that saying so takes

  bool page() const { return bits == kPageShift && of_base; }
};

// A way to write the packed numbers.
struct Form {
  NumberForm form = NumberForm::kNatural;
  unsigned width = 0;
  unsigned radix = 0;
  int64_t offset = 0;
  uint64_t bits = 0;  // all of it
};

// A way to write the column.
struct Plan {
  ColumnKind kind = ColumnKind::kZero;
  Shift shift;
  uint64_t base = 0;
  Form form;
  size_t count = 0;  // packed numbers
  uint64_t bits = kKindBits;
};

struct Statistics {
  size_t count = 0;
  uint64_t max = 0;  // as unsigned numbers
  uint64_t max_zigzag = 0;
  int64_t lowest = std::numeric_limits<int64_t>::max();  // as signed ones
  int64_t highest = std::numeric_limits<int64_t>::min();

  void Add(int64_t value) {
    AddNonZero(value);
    lowest = std::min(lowest, value);
    highest = std::max(highest, value);
  }
  // Passes zeros over, without a branch.
  void AddNonZero(int64_t value) {
    max = std::max(max, static_cast<uint64_t>(value));
    max_zigzag = std::max(max_zigzag, ZigZag(value));
    lowest = std::min(lowest, value == 0 ? std::numeric_limits<int64_t>::max() : value);
    highest = std::max(highest, value == 0 ? std::numeric_limits<int64_t>::min() : value);
  }
};

// Differences are signed; the low `shift` bits are 0.
int64_t Shifted(uint64_t difference, unsigned shift) {
  return static_cast<int64_t>(difference) >> shift;
}

// `any`: all differences, or-ed; `count`: how many there are.
Shift ChooseShift(uint64_t any, size_t count, uint64_t base) {
  const unsigned zeros = any == 0 ? 63 : static_cast<unsigned>(std::countr_zero(any));
  const unsigned base_zeros = base == 0 ? 0 : static_cast<unsigned>(std::countr_zero(base));
  const unsigned both = std::min(zeros, base_zeros);
  Shift best;
  int64_t best_gain = -1;
  const auto consider = [&](Shift shift) {
    int64_t gain = static_cast<int64_t>(count * shift.bits) - shift.cost;
    if (shift.of_base) gain += NumberBits(base) - NumberBits(base >> shift.bits);
    if (gain > best_gain) {
      best = shift;
      best_gain = gain;
    }
  };
  constexpr unsigned kCost = 3 + kShiftBits;
  if (zeros >= kPageShift && (base_zeros >= kPageShift || base == 0)) {
    consider({kPageShift, true, 2});
  }
  if (zeros > 0 && any != 0) consider({zeros, false, kCost});
  if (both > 0) consider({both, true, kCost});
  return best;
}

// `gap`: 1 where no number is 0.
Form ChooseForm(const Statistics& numbers, unsigned gap) {
  constexpr unsigned kHead = kFormBits + kWidthBits;
  Form best;
  best.bits = std::numeric_limits<uint64_t>::max();
  const auto consider = [&](const Form& form) {
    if (form.bits < best.bits) best = form;
  };
  const unsigned natural = WidthOf(numbers.max - gap);
  consider({NumberForm::kNatural, natural, 0, 0, kHead + numbers.count * natural});
  const unsigned zigzag = WidthOf(numbers.max_zigzag - gap);
  consider({NumberForm::kZigZag, zigzag, 0, 0, kHead + numbers.count * zigzag});
  const uint64_t range =
      static_cast<uint64_t>(numbers.highest) - static_cast<uint64_t>(numbers.lowest);
  const unsigned head = kHead + NumberBits(ZigZag(numbers.lowest));
  const unsigned offset = WidthOf(range);
  consider({NumberForm::kOffset, offset, 0, numbers.lowest, head + numbers.count * offset});
  if (range >= kMinRadix) {
    const unsigned low = static_cast<unsigned>(std::bit_width(range)) - 5;
    const unsigned radix = static_cast<unsigned>(range >> low) + 1;
    if (radix == 2 * kMinRadix) return best;  // a power of two: no gain
    consider({NumberForm::kRadix, low, radix, numbers.lowest,
              head + kRadixBits + RadixBits(radix, numbers.count) + numbers.count * low});
  }
  return best;
}

// The best plan with these differences and this shift. `dense` is the kind with all of them,
// `count` how many are not 0.
Plan PlanShifted(ColumnKind dense, Differences differences, size_t count, uint64_t base,
                 const Shift& shift) {
  Statistics numbers;
  numbers.count = count;
  for (const uint64_t difference : differences) {
    numbers.AddNonZero(Shifted(difference, shift.bits));
  }
  const size_t places = differences.size();
  const uint64_t head =
      kKindBits + shift.cost + NumberBits(base >> (shift.of_base ? shift.bits : 0));

  Plan best;
  if (count < places) {  // the zeros can be left out
    const Form form = ChooseForm(numbers, 1);
    const auto dense_number = static_cast<uint8_t>(dense);
    best = {static_cast<ColumnKind>(dense_number + 2),
            shift,
            base,
            form,
            count,
            head + places + form.bits};
    const uint64_t sparse = PositionCountBits(places) + count * PositionBits(places);
    if (count - 1 <= LowBits(PositionCountBits(places)) && sparse < places) {
      best.kind = static_cast<ColumnKind>(dense_number + 1);
      best.bits = head + sparse + form.bits;
    }
    numbers.Add(0);
    numbers.count = places;
  }
  const Form form = ChooseForm(numbers, 0);
  if (count == places || head + form.bits < best.bits) {
    best = {dense, shift, base, form, places, head + form.bits};
  }
  return best;
}

// The best plan with these differences, which are not all 0.
Plan PlanDifferences(ColumnKind dense, Differences differences, uint64_t base) {
  uint64_t any = 0;
  size_t count = 0;
  for (const uint64_t difference : differences) {
    any |= difference;
    count += difference != 0;
  }
  const Plan plain = PlanShifted(dense, differences, count, base, Shift());
  const Shift shift = ChooseShift(any, count, base);
  if (shift.bits == 0) return plain;
  // Where differences are all alike there is nothing to gain.
  const Plan shifted = PlanShifted(dense, differences, count, base, shift);
  return shifted.bits < plain.bits ? shifted : plain;
}

// Leaves the differences of the plan in `differences` (room for all values).
Plan ChoosePlan(std::span<const uint64_t> values, std::array<uint64_t, kMaxColumnValues>* out) {
  uint64_t lowest = values[0];
  uint64_t highest = values[0];
  uint64_t common = values[0];  // what most values are, if most are the same
  int votes = 0;
  for (const uint64_t value : values) {
    lowest = std::min(lowest, value);
    highest = std::max(highest, value);
    if (votes == 0) common = value;
    votes += value == common ? 1 : -1;
  }
  if (highest == 0) return Plan();
  if (lowest == highest) {
    return {ColumnKind::kConstant, ChooseShift(0, 0, lowest), lowest, Form(), 0, 0};
  }

  std::array<uint64_t, kMaxColumnValues> other;
  for (size_t i = 1; i < values.size(); ++i) (*out)[i - 1] = values[i] - values[i - 1];
  Plan best =
      PlanDifferences(ColumnKind::kDeltas, std::span(*out).first(values.size() - 1), values[0]);
  const auto try_base = [&](uint64_t base) {
    for (size_t i = 0; i < values.size(); ++i) other[i] = values[i] - base;
    const Plan plan =
        PlanDifferences(ColumnKind::kValues, std::span(other).first(values.size()), base);
    if (plan.bits >= best.bits) return;
    best = plan;
    std::copy_n(other.begin(), values.size(), out->begin());
  };
  try_base(lowest);
  if (common != lowest) try_base(common);
  return best;
}

void PutShift(const Shift& shift, BitWriter* out) {
  if (shift.bits == 0) {
    out->Put(0, 1);
  } else if (shift.page()) {
    out->Put(0b01, 2);
  } else {
    out->Put(0b11, 2);
    out->Put(shift.bits, kShiftBits);
    out->Put(shift.of_base ? 1 : 0, 1);
  }
}

void PutPlaces(ColumnKind kind, Differences differences, size_t number_count, BitWriter* out) {
  if (IsDense(kind)) return;
  if (IsSparse(kind)) {
    out->Put(number_count - 1, PositionCountBits(differences.size()));
    const unsigned width = PositionBits(differences.size());
    for (size_t i = 0; i < differences.size(); ++i) {
      if (differences[i] != 0) out->Put(i, width);
    }
    return;
  }
  uint64_t bits = 0;
  unsigned count = 0;
  for (const uint64_t difference : differences) {
    bits |= uint64_t{difference != 0} << count;
    if (++count < 64) continue;
    out->Put(bits, 64);
    bits = count = 0;
  }
  out->Put(bits, count);
}

// The packed numbers of the differences. Returns how many there are.
size_t MakeNumbers(const Plan& plan, Differences differences,
                   std::array<uint64_t, kMaxColumnValues>* numbers) {
  const bool all = IsDense(plan.kind);
  const uint64_t gap = all ? 0 : 1;
  size_t count = 0;
  for (const uint64_t difference : differences) {
    if (difference == 0 && !all) continue;
    const int64_t value = Shifted(difference, plan.shift.bits);
    uint64_t& number = (*numbers)[count++];
    switch (plan.form.form) {
      case NumberForm::kNatural:
        number = static_cast<uint64_t>(value) - gap;
        break;
      case NumberForm::kZigZag:
        number = ZigZag(value) - gap;
        break;
      case NumberForm::kOffset:
      case NumberForm::kRadix:
        number = static_cast<uint64_t>(value) - static_cast<uint64_t>(plan.form.offset);
        break;
    }
  }
  return count;
}

// Digits d1 d2 … dk of a number N with radix r become the fraction N / r^k with as many bits as
// tell all N apart, rounded up: multiplied by r it gives d1, what is left by r gives d2, and so on.
void PutRadixGroup(unsigned radix, unsigned low, std::span<const uint64_t> numbers,
                   BitWriter* out) {
  uint64_t number = 0;
  uint64_t power = 1;
  for (const uint64_t value : numbers) {
    number = number * radix + (value >> low);
    power *= radix;
  }
  const unsigned bits = RadixGroupBits(radix, numbers.size());
  const Uint128 scaled = static_cast<Uint128>(number) << bits;
  out->Put(static_cast<uint64_t>((scaled + power - 1) / power), bits);
}

void PutNumbers(const Form& form, std::span<const uint64_t> numbers, BitWriter* out) {
  if (form.radix != 0) {
    const size_t group = RadixDigits(form.radix);
    for (size_t i = 0; i < numbers.size(); i += group) {
      PutRadixGroup(form.radix, form.width, numbers.subspan(i, std::min(group, numbers.size() - i)),
                    out);
    }
  }
  const uint64_t mask = LowBits(form.width);
  for (const uint64_t number : numbers) out->Put(number & mask, form.width);
}

}  // namespace

void EncodeColumn(std::span<const uint64_t> values, BitWriter* out) {
  std::array<uint64_t, kMaxColumnValues> differences;
  const Plan plan = ChoosePlan(values, &differences);
  out->Put(static_cast<uint64_t>(plan.kind), kKindBits);
  if (plan.kind == ColumnKind::kZero) return;
  PutShift(plan.shift, out);
  out->PutNumber(plan.base >> (plan.shift.of_base ? plan.shift.bits : 0));
  if (plan.kind == ColumnKind::kConstant) return;

  const auto all = std::span(differences).first(DifferenceCount(plan.kind, values.size()));
  PutPlaces(plan.kind, all, plan.count, out);
  out->Put(static_cast<uint64_t>(plan.form.form), kFormBits);
  if (plan.form.form >= NumberForm::kOffset) out->PutNumber(ZigZag(plan.form.offset));
  out->PutWidth(plan.form.width);
  if (plan.form.radix != 0) out->Put(plan.form.radix - kMinRadix, kRadixBits);
  std::array<uint64_t, kMaxColumnValues> numbers;
  const size_t count = MakeNumbers(plan, all, &numbers);
  PutNumbers(plan.form, std::span(numbers).first(count), out);
}

}  // namespace kubemonitor
