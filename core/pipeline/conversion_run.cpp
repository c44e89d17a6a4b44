#include "pipeline/conversion_run.h"

#include "align/placement.h"
#include "base/alignment_compute.h"
#include "base/error.h"
#include "base/files.h"
#include "base/sha256.h"
#include "base/system.h"
#include "evaluate/quality.h"
#include "experts/masked_ffn.h"
#include "experts/project.h"
#include "experts/runtime.h"
#include "experts/runtime_speed.h"
#include "model/stored_model.h"
#include "pipeline/fingerprint.h"
#include "pipeline/forked_state.h"
#include "pipeline/kept_states.h"
#include "pipeline/live_routing.h"
#include "pipeline/parameters.h"
#include "text/corpus.h"

namespace dotmoe {
namespace {

at::Tensor as_windows(const std::vector<TokenId>& ids, std::int64_t window, const at::Device& device) {
    return at::tensor(ids, at::kLong).view({-1, window}).to(device);
}

/// Refuses what can't be forked before anything is written.
std::optional<Parent> parent_of(const ConvertRequest& request) {
    if (!request.fork) return std::nullopt;
    std::error_code absent;
    if (std::filesystem::equivalent(request.fork->folder, request.out, absent))
        fail_usage("{}: a fork needs a folder of its own; give another --out", request.out.string());
    return choose_fork(*request.fork, request.recipe);
}

}  // namespace

ConversionRun::ConversionRun(const ConvertRequest& request, const ConvertHooks& hooks)
    : request_(request), hooks_(hooks) {
    check_recipe(recipe());
    const auto shape = read_config(request.model);
    check_layout(layout(), shape.neurons);
    allowed_ = allowed_in_layers(recipe(), shape.layers, shape.neurons);
    const bool resumes = request.resume && has_checkpoint(folder_of(KeptState::checkpoint, request.out));
    const auto parent = resumes ? std::nullopt : parent_of(request);
    ensure_writable_directory(request.out);

    hooks_.events.publish(Progress{.phase = "load", .done = 0, .total = 1, .unit = "model"});
    const auto compute = choose_compute(request.device);
    model_ = load_model(request.model, compute);
    transformer_ = std::make_unique<Transformer>(model_->config, model_->weights);
    teacher_ = std::make_unique<Transformer>(model_->config, model_->weights.to(alignment_compute(compute)));
    student_ = std::make_unique<Transformer>(*transformer_);
    source_sha256_ = model_sha256(request.model);
    hooks_.control.poll();

    const auto& text = recipe().text;
    const auto corpus = load_corpus(
        request.text, *model_->tokenizer,
        {.window = text.window, .held_out_windows = text.held_out_windows, .seed = recipe().seed});
    train_ = as_windows(corpus.train, text.window, compute.device);
    held_out_ = as_windows(corpus.held_out, text.window, compute.device);

    const auto text_hash = sha256_hex(std::as_bytes(std::span(corpus.train)));
    fingerprint_ =
        fingerprint_of(recipe(), inputs_text(source_sha256_, text_hash, c10::toString(compute.dtype)));
    if (resumes)
        state_ = ConversionState::from_checkpoint(
            *load_checkpoint(folder_of(KeptState::checkpoint, request.out), fingerprint_));
    else if (parent)
        state_ = forked_state(*parent, request.out, fingerprint_);
    else
        forget_phase_ends(request.out);

    const auto& config = model_->config;
    hooks_.events.publish(Started{.model = request.model.string(),
                                  .layers = static_cast<int>(config.layers),
                                  .neurons = static_cast<int>(config.neurons),
                                  .width = static_cast<int>(config.width),
                                  .experts = static_cast<int>(layout().experts),
                                  .active = static_cast<int>(layout().active),
                                  .shared = static_cast<int>(layout().shared),
                                  .device = compute.device.str(),
                                  .dtype = c10::toString(compute.dtype),
                                  .recipe = recipe().name});
    hooks_.events.publish(
        LogLine{LogLevel::info,
                fmt::format("{} train and {} held-out windows of {} tokens from {}", corpus.train_count(),
                            corpus.held_out_count(), text.window, fmt::join(corpus.sources, ", "))});
    if (resumes) tell_what_was_done("resumed");
    if (parent) {
        tell_what_was_done(fmt::format("forked from {} ({}), changed: {}", parent->folder.string(),
                                       parent->state, to_text(parent->changed)));
        checkpoint();
    }
    if (hooks_.routing) hooks_.routing->set_model(model_);
    show_experts(state_.layers);

    dense_hidden_ = dense_hidden_states(*transformer_, held_out_);
    state_.stages.dense = judge("dense", 0, *transformer_, transformer_->dense());
}

void ConversionRun::tell_what_was_done(std::string_view how) {
    hooks_.events.publish(LogLine{LogLevel::info, fmt::format("{}: {} layers and {} steps were done", how,
                                                              state_.layers.size(), state_.step)});
    for (std::int64_t layer = 0; layer < std::ssize(state_.layers); ++layer)
        publish_layer(layer, LayerState::done);
    const auto& stages = state_.stages;
    const std::pair<const char*, const std::optional<Quality>&> known[] = {
        {"random_layerwise", stages.random_layerwise}, {"layerwise", stages.layerwise}};
    for (const auto& [label, quality] : known)
        if (quality)
            hooks_.events.publish(QualitySnapshot{label, 0, quality->perplexity, quality->kl, quality->top1});
}

void ConversionRun::keep(KeptState end_of_phase) {
    auto state = state_;
    state.random_layers.clear();
    state.seconds = seconds();
    save_checkpoint(folder_in_run(end_of_phase, request_.out), state.to_checkpoint(fingerprint_));
    checkpoint();
}

Quality ConversionRun::judge(const std::string& label, std::int64_t step, const Transformer& transformer,
                             const FeedForward& ffn) {
    ProgressMeter meter(held_out_.size(0));
    const auto quality =
        evaluate_quality(transformer, ffn, held_out_, dense_hidden_, [&](std::int64_t windows) {
            hooks_.control.poll();
            meter.set_done(windows);
            publish_progress("evaluate", "windows", meter);
        });
    hooks_.events.publish(QualitySnapshot{label, step, quality.perplexity, quality.kl, quality.top1});
    return quality;
}

Quality ConversionRun::judge(const std::string& label, std::int64_t step, const ExpertSet& experts) {
    return judge(label, step, *student_, converted_feed_forward(student_->weights(), experts));
}

std::optional<RuntimeSpeed> ConversionRun::measure_speed(const ExpertSet& experts) {
    const auto& config = model_->config;
    const auto packed = 2 * 2 * count_parameters(config, layout()).dense;  // bytes of two models in bf16
    if (!model_->compute.device.is_cpu() || static_cast<double>(machine_memory().available) < packed)
        return {};
    hooks_.control.poll();
    const auto progress = [&](std::int64_t done) {
        hooks_.events.publish(Progress{.phase = "speed", .done = done, .total = 1, .unit = "run"});
    };
    progress(0);
    const Runtime dense(config, model_->weights, nullptr, WeightFormat::bf16);
    const auto converted = changes_weights(recipe())
                               ? Runtime(config, student_->weights(), &experts, WeightFormat::bf16)
                               : Runtime(dense, model_->weights, &experts, WeightFormat::bf16);
    SpeedTest test;
    test.prompt = std::min(test.prompt, config.context);
    test.tokens = std::min(test.tokens, config.context);
    const auto speeds = dotmoe::measure_speed({&dense, &converted}, config.vocabulary, test);
    progress(1);
    return RuntimeSpeed{speeds[0], speeds[1], thread_count()};
}

Metrics ConversionRun::finish() {
    const auto experts = revived_experts();
    show_experts(experts.layers);
    judge_layers(experts);
    Metrics metrics = state_.stages;
    metrics.method = name_of(recipe().method);
    metrics.converted = judge("converted", state_.step, experts);
    metrics.speed = measure_speed(experts);
    metrics.layers = state_.layer_metrics;
    metrics.active_neuron_share = layout().active_share(model_->config.neurons);
    const auto parameters = count_parameters(model_->config, layout(), recipe().method);
    metrics.dense_parameters = parameters.dense;
    metrics.active_parameters = parameters.active;
    metrics.seed = recipe().seed;
    metrics.version = version();
    metrics.seconds = seconds();
    metrics.peak_memory_bytes = peak_memory_bytes();

    const auto json = nlohmann::json(metrics).dump(2) + "\n";
    const auto weights = save_weights();
    save_project(request_.out, {request_.model, source_sha256_, recipe(), experts, weights}, json);
    if (weights.empty()) std::filesystem::remove(weights_file(request_.out));  // of an earlier conversion
    keep_for_good(request_.out, fingerprint_);
    hooks_.events.publish(Finished{request_.out.string(), json});
    return metrics;
}

void ConversionRun::checkpoint() {
    auto state = state_;
    state.seconds = seconds();
    save_checkpoint(folder_of(KeptState::checkpoint, request_.out), state.to_checkpoint(fingerprint_));
    hooks_.events.publish(CheckpointSaved{});
}

void ConversionRun::publish_progress(const char* phase, const char* unit, const ProgressMeter& meter) {
    hooks_.events.publish(Progress{phase, meter.done(), meter.total(), unit, meter.rate(), meter.eta()});
}

void ConversionRun::publish_layer(std::int64_t layer, LayerState state) {
    LayerStatus status{.layer = static_cast<int>(layer), .state = state, .note = {}};
    if (static_cast<std::size_t>(layer) < state_.layer_metrics.size()) {
        const auto& metrics = state_.layer_metrics[static_cast<std::size_t>(layer)];
        status.error = metrics.error;
        status.load_max = metrics.load_max;
        status.dead = static_cast<int>(metrics.dead);
    }
    hooks_.events.publish(std::move(status));
}

void ConversionRun::show_experts(std::vector<LayerExperts> layers) {
    if (!hooks_.routing) return;
    layers.resize(static_cast<std::size_t>(layer_count()));  // the rest is still dense
    hooks_.routing->set_experts(std::make_shared<ExpertSet>(ExpertSet{layout(), std::move(layers)}));
}

}  // namespace dotmoe
