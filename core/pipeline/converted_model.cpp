#include "pipeline/converted_model.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <mutex>

#include "base/error.h"
#include "base/files.h"
#include "base/progress.h"
#include "base/system.h"
#include "evaluate/quality.h"
#include "experts/faster_ffn.h"
#include "experts/forced_weights.h"
#include "experts/grouped_ffn.h"
#include "experts/masked_ffn.h"
#include "experts/project.h"
#include "experts/runtime.h"
#include "model/generate.h"
#include "model/load.h"
#include "model/stored_model.h"
#include "pipeline/evaluation_text.h"
#include "pipeline/layer_report.h"
#include "pipeline/parameters.h"
#include "pipeline/progress_events.h"
#include "pipeline/trace_routing.h"
#include "text/prompt.h"
#include "text/utf8_stream.h"

namespace dotmoe {

namespace fs = std::filesystem;

namespace {

/// What comes of a text's tokens, given out as finished UTF-8.
class Transcript {
  public:
    Transcript(const Tokenizer& tokenizer, std::function<bool(std::string_view)> on_text)
        : tokenizer_(&tokenizer), on_text_(std::move(on_text)) {}

    /// Whether to go on.
    bool add(TokenId token) {
        ++generation_.tokens;
        generation_.seconds = clock_.seconds();
        return give_out(characters_.push(tokenizer_->decode({&token, 1})));
    }
    Generation finish() {
        give_out(characters_.finish());
        return std::move(generation_);
    }

  private:
    bool give_out(const std::string& piece) {
        generation_.text += piece;
        return !on_text_ || piece.empty() || on_text_(piece);
    }

    const Tokenizer* tokenizer_;
    std::function<bool(std::string_view)> on_text_;
    ProgressMeter clock_{0};
    Utf8Stream characters_;
    Generation generation_;
};

SamplingOptions sampling_of(const GenerateRequest& request) {
    return {request.temperature, request.top_p, request.top_k, request.seed, request.max_new_tokens};
}

/// Recovery makes up for the experts that a token does not use. Of E - k of them it is wanted less than their
/// number says, as the router leaves out the least first: ((E - k) / (E - k0))^2, k0 the k it was made for
/// (docs/RESULTS.md, part 7).
double share_of_changes(const Layout& trained, std::int64_t active) {
    if (active <= trained.active) return 1;
    const auto share =
        static_cast<double>(trained.experts - active) / static_cast<double>(trained.experts - trained.active);
    return share * share;
}

}  // namespace

struct ConvertedModel::Impl {
    Impl(std::shared_ptr<const Model> base, std::shared_ptr<const ExpertSet> set)
        : model(std::move(base)),
          trained(model),
          experts(std::move(set)),
          transformer(model->config, model->weights) {
        feed_forward = experts ? converted_feed_forward(model->weights, *experts) : transformer.dense();
    }

    /// Packed on first use, and anew when another format is asked for; null on a GPU.
    std::shared_ptr<const Runtime> runtime_on_cpu(WeightFormat format) {
        if (!model->compute.device.is_cpu()) return nullptr;
        const std::lock_guard lock(mutex_);
        if (!runtime_ || format_ != format) {
            runtime_.reset();  // two of them would need twice the memory
            runtime_ = std::make_shared<Runtime>(model->config, model->weights, experts.get(), format);
            format_ = format;
        }
        return runtime_;
    }

    /// For generation on a GPU: masked products read every weight for any token, grouped ones are more
    /// launches. Grouped on first use.
    FeedForward feed_forward_on_gpu() {
        if (!experts) return feed_forward;
        const std::lock_guard lock(mutex_);
        if (!faster_) faster_ = faster_of(feed_forward, grouped_feed_forward(model->weights, *experts));
        return faster_;
    }

    std::shared_ptr<const Model> model, trained;  ///< with the weights of this k, and of the recipe's
    std::shared_ptr<const ExpertSet> experts;     ///< null for a dense model
    Transformer transformer;
    FeedForward feed_forward;
    Recipe recipe;                            ///< of the conversion
    std::shared_ptr<const Model> dense;       ///< null until it is asked for
    std::function<fs::path()> path_of_dense;  ///< empty: it is `model`

  private:
    std::mutex mutex_;
    FeedForward faster_;
    std::shared_ptr<const Runtime> runtime_;
    WeightFormat format_ = WeightFormat::bf16;
};

ConvertedModel::ConvertedModel(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ConvertedModel::~ConvertedModel() = default;
ConvertedModel::ConvertedModel(ConvertedModel&&) noexcept = default;

ConvertedModel ConvertedModel::open(const fs::path& model_or_project, DeviceChoice device,
                                    const std::optional<fs::path>& source) {
    const auto compute = choose_compute(device);
    if (!fs::is_directory(model_or_project) || is_huggingface_folder(model_or_project))
        return ConvertedModel(std::make_unique<Impl>(load_model(model_or_project, compute), nullptr));
    if (!is_project(model_or_project))
        fail(
            "{}: is a folder with neither a model (config.json) nor a conversion; name a GGUF file, a "
            "Hugging Face "
            "folder or the --out of dotmoe convert",
            model_or_project.string());
    auto project = load_project(model_or_project);
    auto model = load_model(project_weights(model_or_project, project, source), compute);
    check_fits(project.experts, model->config, model_or_project);
    auto impl =
        std::make_unique<Impl>(std::move(model), std::make_shared<ExpertSet>(std::move(project.experts)));
    impl->recipe = project.recipe;
    if (!project.weights_sha256.empty())
        impl->path_of_dense = [=] { return project_source(model_or_project, project, source); };
    return ConvertedModel(std::move(impl));
}

bool ConvertedModel::converted() const {
    return impl_->experts != nullptr;
}
const Recipe& ConvertedModel::recipe() const {
    return impl_->recipe;
}
const std::shared_ptr<const Model>& ConvertedModel::model() const {
    return impl_->model;
}
const std::shared_ptr<const Model>& ConvertedModel::dense() const {
    if (!impl_->path_of_dense) return impl_->model;
    if (!impl_->dense) impl_->dense = load_model(impl_->path_of_dense(), impl_->model->compute);
    return impl_->dense;
}
ConvertedModel ConvertedModel::dense_model() const {
    return ConvertedModel(std::make_unique<Impl>(dense(), nullptr));
}
std::shared_ptr<const Model> ConvertedModel::weights_for(std::int64_t active) const {
    const auto share = share_of_changes(impl_->recipe.layout, active);
    if (!impl_->path_of_dense || share == 1) return impl_->trained;
    auto model = std::make_shared<Model>(*impl_->trained);
    model->weights = blend(dense()->weights, model->weights, share);
    return model;
}
ConvertedModel ConvertedModel::with_active(std::int64_t active) const {
    if (!converted()) fail_usage("{}: is a dense model and has no experts", impl_->model->path.string());
    auto experts = std::make_shared<ExpertSet>(*impl_->experts);
    experts->layout = experts->layout.with_active(active);
    auto impl = std::make_unique<Impl>(weights_for(active), std::move(experts));
    impl->trained = impl_->trained;
    impl->recipe = impl_->recipe;
    impl->dense = impl_->dense;
    impl->path_of_dense = impl_->path_of_dense;
    return ConvertedModel(std::move(impl));
}
const std::shared_ptr<const ExpertSet>& ConvertedModel::experts() const {
    return impl_->experts;
}

Generation ConvertedModel::generate(const GenerateRequest& request,
                                    const std::function<bool(std::string_view)>& on_text) const {
    const auto& tokenizer = *impl_->model->tokenizer;
    const auto [prompt, first] = encode_prompt(tokenizer, request.prompt);
    auto forcings = request.forcings;
    if (!forcings.empty()) {
        if (!converted()) fail_usage("{}: is a dense model and has no router", impl_->model->path.string());
        check_forcings(forcings, *impl_->experts, std::ssize(prompt) - first);
    }
    for (auto& forcing : forcings) forcing.token += first;

    const auto& model = *impl_->model;
    const auto runtime = impl_->runtime_on_cpu(request.weights);
    Transcript transcript(tokenizer, on_text);
    const auto on_token = [&](TokenId token) { return transcript.add(token); };
    const auto options = sampling_of(request);
    if (runtime)
        dotmoe::generate(model.config, runtime->start_text(forcings), tokenizer, prompt, options, on_token);
    else
        dotmoe::generate(impl_->transformer, impl_->feed_forward_on_gpu(), tokenizer, prompt, options,
                         on_token,
                         forcings.empty() ? FeedForward()
                                          : converted_feed_forward(model.weights, *impl_->experts, forcings));
    return transcript.finish();
}

std::vector<Generation> ConvertedModel::generate_texts(
    const GenerateRequest& request, const std::vector<std::string>& prompts,
    const std::function<bool(std::size_t, std::string_view)>& on_text) const {
    if (!request.forcings.empty()) fail_usage("experts can be forced in one text only");
    const auto on_text_of = [&](std::size_t place) {
        return [&on_text, place](std::string_view piece) { return !on_text || on_text(place, piece); };
    };
    std::vector<Generation> texts;
    const auto& tokenizer = *impl_->model->tokenizer;
    const auto runtime = impl_->runtime_on_cpu(request.weights);
    if (!runtime) {
        for (const auto& prompt : prompts) {
            auto alone = request;
            alone.prompt = prompt;
            alone.seed += texts.size();
            texts.push_back(generate(alone, on_text_of(texts.size())));
        }
        return texts;
    }
    std::vector<std::vector<TokenId>> encoded;
    std::vector<Transcript> transcripts;
    for (const auto& prompt : prompts) {
        encoded.push_back(encode_prompt(tokenizer, prompt).ids);
        transcripts.emplace_back(tokenizer, on_text_of(transcripts.size()));
    }
    dotmoe::generate_texts(impl_->model->config, runtime->start_texts(prompts.size()), tokenizer, encoded,
                           sampling_of(request),
                           [&](std::size_t place, TokenId token) { return transcripts[place].add(token); });
    for (auto& transcript : transcripts) texts.push_back(transcript.finish());
    return texts;
}

RoutingSnapshot ConvertedModel::route(const std::string& text) const {
    if (!converted())
        fail_usage("{}: is a dense model and has no router; convert it first", impl_->model->path.string());
    return trace_routing(*impl_->model, *impl_->experts, text);
}

Metrics ConvertedModel::evaluate(const TextRequest& request, EventSink& events) const {
    const at::NoGradGuard no_grad;
    const auto start = std::chrono::steady_clock::now();
    const auto& model = *impl_->model;
    const auto windows = load_evaluation_text(request, impl_->recipe, model).windows;
    const auto progress = [&](const std::string& phase) {
        return progress_of(events, phase, "windows", windows.size(0));
    };

    const auto& transformer = impl_->transformer;
    const Transformer dense_model(dense()->config, dense()->weights);
    const auto hidden = dense_hidden_states(dense_model, windows, progress("dense"));
    Metrics metrics;
    const auto stride = request.stride > 0 ? std::optional(request.stride) : std::nullopt;
    metrics.dense =
        evaluate_quality(dense_model, dense_model.dense(), windows, hidden, progress("evaluate"), stride);
    const auto counts = count_parameters(model.config, converted() ? impl_->experts->layout : Layout{1, 1, 0},
                                         impl_->recipe.method);
    metrics.dense_parameters = counts.dense;
    metrics.active_parameters = counts.dense;
    metrics.active_neuron_share = 1;
    if (converted()) {
        metrics.method = name_of(impl_->recipe.method);
        metrics.converted = evaluate_quality(transformer, impl_->feed_forward, windows, hidden,
                                             progress("evaluate converted"), stride);
        metrics.layers = report_layers(dense_model, transformer, *impl_->experts, windows,
                                       progress_of(events, "layers", "layers", model.config.layers));
        metrics.active_parameters = counts.active;
        metrics.active_neuron_share = impl_->experts->layout.active_share(model.config.neurons);
    }
    metrics.peak_memory_bytes = peak_memory_bytes();
    metrics.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    metrics.seed = impl_->recipe.seed;
    metrics.version = version();
    return metrics;
}

}  // namespace dotmoe
