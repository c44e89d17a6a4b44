#include "experts/forced_weights.h"

#include "base/error.h"
#include "experts/router.h"

namespace dotmoe {

void check_forcings(const std::vector<Forcing>& forcings, const ExpertSet& experts, std::int64_t tokens) {
    const auto inside = [](std::int64_t value, std::int64_t count) { return value >= 0 && value < count; };
    for (const auto& [token, layer, expert, on] : forcings) {
        if (!inside(token, tokens))
            fail_usage("token {} cannot be routed by hand: the text has {}", token, tokens);
        if (!inside(layer, std::ssize(experts.layers)))
            fail_usage("layer {} cannot be routed by hand: there are {}", layer, experts.layers.size());
        if (!experts.layers[static_cast<std::size_t>(layer)].owner.defined())
            fail_usage("layer {} cannot be routed by hand: it is still dense", layer);
        if (!inside(expert, experts.layout.experts))
            fail_usage("expert {} cannot be forced: there are {}", expert, experts.layout.experts);
    }
}

std::vector<Forcing> forcings_of(const std::vector<Forcing>& forcings, std::int64_t layer, std::int64_t first,
                                 std::int64_t count) {
    std::vector<Forcing> found;
    for (auto forcing : forcings) {
        forcing.token -= first;
        if (forcing.layer == layer && forcing.token >= 0 && forcing.token < count) found.push_back(forcing);
    }
    return found;
}

at::Tensor forced_weights(const Layout& layout, const at::Tensor& logits, const at::Tensor& weights,
                          const std::vector<Forcing>& forcings) {
    if (forcings.empty()) return weights;
    const auto mask = (weights != 0).to(logits.scalar_type());  // R
    auto forced = mask.clone();
    for (const auto& forcing : forcings)
        forced.select(0, forcing.token).select(0, forcing.expert).fill_(forcing.on);
    const auto changed = forced.ne(mask).any(1, /*keepdim=*/true);
    // A token left without any expert has no softmax over them.
    const auto anew = rule_weights(layout, logits, forced).masked_fill(forced == 0, 0);
    return at::where(changed, anew, weights);
}

}  // namespace dotmoe
