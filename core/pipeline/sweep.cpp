#include "pipeline/sweep.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <set>
#include <tuple>

#include "base/error.h"
#include "base/files.h"
#include "base/sha256.h"
#include "pipeline/conversion_folder.h"
#include "pipeline/kept.h"

namespace dotmoe {
namespace {

std::vector<ConvertRequest> conversions_of(const SweepRequest& request) {
    if (request.layouts.empty()) fail_usage("no layouts to sweep over; name at least one");
    std::vector<ConvertRequest> runs;
    std::set<std::string> names;
    for (const auto& layout : request.layouts) {
        auto run = request.conversion;
        run.recipe.layout = layout;
        run.recipe.layout.routing = request.conversion.recipe.layout.routing;
        run.recipe.layerwise.random_baseline = false;  // other layouts are what this one is compared with
        run.out =
            request.conversion.out / fmt::format("{}-{}-{}", layout.experts, layout.active, layout.shared);
        if (!names.insert(run.out).second) fail_usage("the layout {} is named twice", format_layout(layout));
        check_recipe(run.recipe);
        runs.push_back(std::move(run));
    }
    return runs;
}

std::vector<DialPoint> dial(const ConvertRequest& run, const ConvertHooks& hooks) {
    return kept(run.out / "dial.json", sha256_of_file(run.out / "experts.safetensors"), [&] {
        const auto model = ConvertedModel::open(run.out, run.device, run.model);
        const TextRequest text{run.text, 0, run.recipe.text.held_out_windows, 0};
        return turn_dial(model, dial_of(run.recipe.layout), text, hooks.events, hooks.control);
    });
}

}  // namespace

std::vector<std::int64_t> dial_of(const Layout& layout) {
    std::vector<std::int64_t> active;
    for (const auto halves : {1, 2, 3, 4})
        if (const auto k = layout.active * halves / 2; k >= 1 && k <= layout.experts) active.push_back(k);
    active.erase(std::unique(active.begin(), active.end()), active.end());
    return active;
}

void mark_front(std::vector<SweepPoint>& points) {
    std::ranges::stable_sort(points, {}, [](const SweepPoint& point) {
        return std::tuple(point.at.active_parameters, point.at.quality.perplexity);
    });
    auto lowest = std::numeric_limits<double>::infinity();
    for (auto& point : points) {
        point.front = point.at.quality.perplexity < lowest;
        lowest = std::min(lowest, point.at.quality.perplexity);
    }
}

Layout parse_layout(std::string_view text) {
    std::array<std::int64_t, 3> numbers{0, 0, 0};
    std::size_t count = 0;
    for (auto rest = text; count < numbers.size(); ++count) {
        const auto part = rest.substr(0, rest.find(':'));
        const auto* end = part.data() + part.size();
        const auto [stopped, error] = std::from_chars(part.data(), end, numbers[count]);
        if (error != std::errc{} || stopped != end) break;
        if (part.size() == rest.size()) {
            if (count == 0) break;
            return {.experts = numbers[0], .active = numbers[1], .shared = numbers[2]};
        }
        rest.remove_prefix(part.size() + 1);
    }
    fail_usage("layout {}: is not E:k or E:k:S, as in 84:12:192", text);
}

std::string format_layout(const Layout& layout) {
    return fmt::format("{}:{}:{}", layout.experts, layout.active, layout.shared);
}

Sweep sweep(const SweepRequest& request, const ConvertHooks& hooks) {
    const auto runs = conversions_of(request);
    const auto& out = request.conversion.out;
    auto shared = request.conversion.recipe;
    shared.layout = {.routing = shared.layout.routing};
    keep_to_inputs(out, request.conversion, shared);

    const auto figures = convert_missing(
        runs, [](const Recipe& recipe) { return format_layout(recipe.layout); }, hooks);
    set_thread_count(request.conversion.threads);  // no conversion may have been left to do
    Sweep sweep;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        sweep.dense_parameters = figures[i].dense_parameters;
        sweep.dense_perplexity = figures[i].dense ? figures[i].dense->perplexity : 0;
        for (const auto& point : dial(runs[i], hooks)) sweep.points.push_back({runs[i].recipe.layout, point});
    }
    mark_front(sweep.points);
    write_file_atomically(out / "sweep.json", nlohmann::json(sweep).dump(2) + "\n");
    write_file_atomically(out / "sweep.md", format_markdown(sweep));
    return sweep;
}

}  // namespace dotmoe
