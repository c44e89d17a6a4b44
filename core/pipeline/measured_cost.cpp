#include "pipeline/measured_cost.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <map>

#include "base/error.h"
#include "base/system.h"
#include "pipeline/conversion_run.h"
#include "pipeline/cost.h"

namespace dotmoe {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t windows = 2, steps = 2;

/// Of each phase as little as tells its rate: one that is run twice, since the first time is slower.
Recipe sample_of(Recipe recipe) {
    recipe.text.held_out_windows = std::min(windows, recipe.text.held_out_windows);
    recipe.layerwise.metric_windows = std::min(windows, recipe.layerwise.metric_windows);
    recipe.distill.steps = std::min(steps, recipe.distill.steps);
    recipe.recover.fit_windows = std::min(windows, recipe.recover.fit_windows);
    recipe.recover.steps = std::min(steps, recipe.recover.steps);
    recipe.distill.evaluate_every = 1;
    recipe.distill.checkpoint_every = 2 * steps + 1;  // never
    return recipe;
}

/// A conversion wants a folder of its own.
class TemporaryFolder {
  public:
    TemporaryFolder() {
        auto name = (fs::temp_directory_path() / "dotmoe-probe-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) fail("{}: cannot be made", name);
        path_ = name;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const fs::path& path() const { return path_; }

  private:
    fs::path path_;
};

/// Thrown by the stopwatch through a phase of which it has seen enough.
struct Enough {};

/// Times a run by what it tells, and passes its progress on.
class Stopwatch final : public EventSink {
  public:
    struct Lap {
        double seconds = 0;
        Work work;
    };

    Stopwatch(const ConvertHooks& hooks, const Recipe& sample, const CostTerms& terms, const Clock& clock)
        : hooks_(hooks),
          global_steps_(training_steps(sample) - sample.recover.steps),
          all_steps_(training_steps(sample)),
          terms_(terms),
          clock_(clock),
          mark_(clock()) {}

    void publish(Payload payload) override {
        hooks_.control.poll();
        const double now = clock_();
        std::visit([&](const auto& event) { take(event, now); }, payload);
        if (std::holds_alternative<Progress>(payload)) hooks_.events.publish(std::move(payload));
    }

    /// The latest lap of each phase.
    const std::map<CostPhase, Lap>& laps() const { return laps_; }

  private:
    void take(const Started&, double now) { lap(CostPhase::load, now, {}); }
    void take(const LogLine&, double now) { mark_ = now; }
    void take(const Progress& progress, double now) {
        if (progress.done < progress.total) return;
        if (progress.phase == "metric") lap(CostPhase::metric, now, terms_.metric());
        if (progress.phase == "fit") lap(CostPhase::fit, now, terms_.fit());
    }
    void take(const QualitySnapshot& quality, double now) {
        const bool with_states = quality.label == "dense";
        lap(CostPhase::judge, now,
            with_states ? terms_.dense_states() + terms_.judgement() : terms_.judgement());
    }
    void take(const LayerStatus& status, double now) {
        if (status.state != LayerState::aligning) return;
        if (status.layer > 0) {
            lap(CostPhase::layers, now, terms_.layer());
            throw Enough();
        }
        mark_ = now;
    }
    void take(const TrainingStep& step, double now) {
        if (step.stage != Stage::distillation) return;
        step.step > global_steps_ ? lap(CostPhase::recovery, now, terms_.recovery_step())
                                  : lap(CostPhase::global, now, terms_.global_step());
        if (step.step == global_steps_ || step.step == all_steps_) throw Enough();
    }
    template <typename Other>
    void take(const Other&, double) {}

    void lap(CostPhase phase, double now, const Work& work) {
        laps_[phase] = {now - mark_, work};
        mark_ = now;
    }

    const ConvertHooks& hooks_;
    const std::int64_t global_steps_, all_steps_;
    const CostTerms& terms_;
    const Clock& clock_;
    double mark_;
    std::map<CostPhase, Lap> laps_;
};

template <typename Phase>
void until_enough(Phase&& phase) {
    try {
        phase();
    } catch (const Enough&) {
    }
}

void run_samples(const ConvertRequest& sample, const ConvertHooks& hooks) {
    ConversionRun run(sample, hooks);
    until_enough([&] { run.align_layers(); });
    if (sample.recipe.start == Start::alternating) run.spread_first_layer();
    until_enough([&] { run.distil(); });
    until_enough([&] { run.recover(); });
}

}  // namespace

double steady_seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

CostEstimate measure_cost(const ConvertRequest& request, const ConvertHooks& hooks, const Clock& clock) {
    const double begin = clock();
    forget_peak_memory();
    const auto model = inspect(request.model);
    const auto recipe = recipe_to_convert(model, request.recipe);
    set_thread_count(request.threads);
    const auto compute = choose_compute(request.device);
    const auto machine = measure_machine(model.config, compute);
    auto estimate = predict_cost(model, recipe, {model, recipe, weight_bytes(compute)}, machine);

    const TemporaryFolder folder;
    const ConvertRequest sample{.model = request.model,
                                .text = request.text,
                                .out = folder.path(),
                                .recipe = sample_of(recipe),
                                .device = request.device,
                                .threads = request.threads};
    const CostTerms terms(model, sample.recipe, weight_bytes(compute));
    Stopwatch watch(hooks, sample.recipe, terms, clock);
    run_samples(sample, {watch, hooks.control});

    for (auto& phase : estimate.phases) {
        // What ends a conversion consists of passes over text, as a judgement does.
        const auto of = phase.phase == CostPhase::finish ? CostPhase::judge : phase.phase;
        const auto lap = watch.laps().find(of);
        if (lap == watch.laps().end()) continue;
        phase.sample = {lap->second.seconds,
                        of == CostPhase::load ? loading_seconds : machine.seconds(lap->second.work)};
    }
    estimate.probe = {clock() - begin, peak_memory_bytes()};
    estimate.memory_bytes = std::max(estimate.memory_bytes, estimate.probe->memory_bytes);
    return estimate;
}

}  // namespace dotmoe
