#include "recording/settled.h"

namespace dotmoe {
namespace {

std::optional<std::size_t> settled_moment(const Recording& recording, int layer) {
    const std::size_t count = recording.moments().size();
    if (count == 0) return std::nullopt;
    auto later = recording.plan(count - 1, layer);
    if (!later) return std::nullopt;
    const auto last = later->owner;
    std::size_t first = count - 1;  // of the moments that show `later`, as far as they were looked at
    for (std::size_t moment = count - 1; moment-- > 0;) {
        const auto plan = recording.plan(moment, layer);
        if (!plan || (plan != later && plan->owner != last)) break;
        later = plan;
        first = moment;
    }
    return first;
}

}  // namespace

std::vector<std::optional<std::size_t>> settled_moments(const Recording& recording) {
    std::vector<std::optional<std::size_t>> settled;
    for (int layer = 0; layer < recording.started().layers; ++layer)
        settled.push_back(settled_moment(recording, layer));
    return settled;
}

}  // namespace dotmoe
