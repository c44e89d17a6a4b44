#include "experts/runtime_speed.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

#include "base/error.h"
#include "base/progress.h"
#include "experts/runtime.h"

namespace dotmoe {
namespace {

double prompt_rate(const Runtime& runtime, const at::Tensor& tokens) {
    KvCache cache;
    const ProgressMeter clock(0);
    runtime.logits(runtime.hidden(tokens, cache).narrow(0, -1, 1));
    return static_cast<double>(tokens.size(0)) / clock.seconds();
}

/// tokens [T, texts]: token after token from empty caches.
double generation_rate(const Runtime& runtime, const at::Tensor& tokens) {
    std::vector<KvCache> caches(static_cast<std::size_t>(tokens.size(1)));
    const ProgressMeter clock(0);
    for (std::int64_t t = 0; t < tokens.size(0); ++t) {
        std::vector<TextPart> parts;
        for (auto& cache : caches) parts.push_back({tokens[t].narrow(0, std::ssize(parts), 1), &cache});
        runtime.logits(runtime.hidden(parts)).argmax(-1);  // a greedy choice is part of a token
    }
    return static_cast<double>(tokens.numel()) / clock.seconds();
}

}  // namespace

std::vector<Speed> measure_speed(const std::vector<const Runtime*>& models, std::int64_t vocabulary,
                                 const SpeedTest& test) {
    if (test.prompt < 1 || test.tokens < 1 || test.texts < 1 || test.repeats < 1)
        fail_usage("prompt, tokens, texts and repeats must be at least 1");
    const at::NoGradGuard no_grad;
    const auto random = [&, generator = at::detail::createCPUGenerator(0)](at::IntArrayRef shape) {
        return at::randint(vocabulary, shape, generator, at::kLong);
    };
    const auto prompt = random({test.prompt}), tokens = random({test.tokens, test.texts});
    for (const auto* model : models) prompt_rate(*model, prompt);  // warms up
    std::vector<Speed> best(models.size());
    for (int repeat = 0; repeat < test.repeats; ++repeat)
        for (std::size_t m = 0; m < models.size(); ++m) {
            best[m].prompt = std::max(best[m].prompt, prompt_rate(*models[m], prompt));
            best[m].generation = std::max(best[m].generation, generation_rate(*models[m], tokens));
        }
    return best;
}

}  // namespace dotmoe
