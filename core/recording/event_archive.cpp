#include "recording/event_archive.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "recording/levels.h"

namespace dotmoe {
namespace {

constexpr float whole_share = 65'535;

}  // namespace

void ArchiveWriter::levels(const std::vector<float>& values, const std::vector<std::size_t>& exact) {
    const auto levels = to_levels(values);
    std::vector<float> kept;
    for (const auto place : exact)
        if (place < values.size()) kept.push_back(values[place]);
    all(levels.largest, levels.level, kept);
}

void ArchiveWriter::shares(const std::vector<float>& values) {
    std::vector<std::uint16_t> steps(values.size());
    std::ranges::transform(values, steps.begin(), [](float value) {
        return static_cast<std::uint16_t>(std::lround(whole_share * std::clamp(value, 0.0F, 1.0F)));
    });
    put(steps);
}

void ArchiveWriter::put(const std::optional<double>& value) {
    all(value.has_value(), value.value_or(0));
}

void ArchiveWriter::put(const std::string& text) {
    put(static_cast<std::uint64_t>(text.size()));
    put_bytes(std::as_bytes(std::span(text)));
}

void ArchiveWriter::put(const std::vector<std::string>& texts) {
    put(static_cast<std::uint64_t>(texts.size()));
    for (const auto& text : texts) put(text);
}

void ArchiveWriter::put_bytes(std::span<const std::byte> bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
}

void ArchiveReader::levels(std::vector<float>& values, const std::vector<std::size_t>& exact) {
    Levels levels;
    std::vector<float> kept;
    all(levels.largest, levels.level, kept);
    if (!(levels.largest >= 0 && std::isfinite(levels.largest)))
        fail("an event has a mass that is no number");
    values = from_levels(levels);
    if (kept.size() != exact.size()) fail("an event is shorter than it says");
    for (std::size_t i = 0; i < exact.size(); ++i) {
        if (exact[i] >= values.size()) fail("an event makes no sense: the shape of a plan");
        values[exact[i]] = kept[i];
    }
}

void ArchiveReader::shares(std::vector<float>& values) {
    std::vector<std::uint16_t> steps;
    get(steps);
    values.resize(steps.size());
    std::ranges::transform(steps, values.begin(),
                           [](std::uint16_t step) { return static_cast<float>(step) / whole_share; });
}

void ArchiveReader::get(std::optional<double>& value) {
    bool known = false;
    double number = 0;
    all(known, number);
    if (known) value = number;
}

void ArchiveReader::get(std::string& text) {
    text.resize(count_of(1));
    take(std::as_writable_bytes(std::span(text)));
}

void ArchiveReader::get(std::vector<std::string>& texts) {
    texts.resize(count_of(sizeof(std::uint64_t)));
    for (auto& text : texts) get(text);
}

std::uint8_t ArchiveReader::number_up_to(std::uint8_t last) {
    std::uint8_t value = 0;
    get(value);
    if (value > last) fail("an event has a value that its kind does not have");
    return value;
}

std::size_t ArchiveReader::count_of(std::size_t size) {
    std::uint64_t count = 0;
    get(count);
    if (count > bytes_.size() / size) fail("an event is shorter than it says");
    return count;
}

void ArchiveReader::take(std::span<std::byte> into) {
    if (into.size() > bytes_.size()) fail("an event is shorter than it says");
    std::copy_n(bytes_.begin(), into.size(), into.begin());
    bytes_ = bytes_.subspan(into.size());
}

void ArchiveReader::finish() const {
    if (!bytes_.empty()) fail("an event is longer than it says");
}

}  // namespace dotmoe
