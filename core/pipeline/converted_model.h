// A dense model or a conversion, opened for use: generate, eval and route work on either. No torch in this
// header.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "align/recipe.h"
#include "base/device.h"
#include "events/event.h"
#include "experts/forcing.h"
#include "model/weight_format.h"
#include "pipeline/metrics.h"

namespace dotmoe {

struct Model;
struct ExpertSet;

struct GenerateRequest {
    std::string prompt;
    double temperature = 0;  ///< 0: greedy
    double top_p = 1;
    std::int64_t top_k = 0;
    std::uint64_t seed = 0;
    std::int64_t max_new_tokens = 128;
    WeightFormat weights = WeightFormat::bf16;  ///< on the CPU; a GPU keeps those it has loaded
    /// Of a conversion: choices of its routers for tokens of the prompt, changed by hand.
    std::vector<Forcing> forcings = {};
};

struct Generation {
    std::string text;  ///< the continuation alone
    std::int64_t tokens = 0;
    double seconds = 0;  ///< until its last token
};

/// Which text a model is judged on.
struct TextRequest {
    std::vector<std::filesystem::path> text;  ///< files and folders (text/corpus.h)
    std::int64_t window = 0;  ///< tokens; 0: as many as the recipe says, 512 for a dense model
    /// Windows of held-out documents, chosen as convert() chooses them (same text and window: the same
    /// windows, the same figures); 0: every window of all documents.
    std::int64_t limit = 8;
    /// Windows overlap so that each begins this many tokens after the one before, and only its last `stride`
    /// tokens are scored: all with a long context. 0: no overlap, all are scored.
    std::int64_t stride = 0;
};

/// MODEL (a GGUF file or a Hugging Face folder) or DIR (a conversion; its source model must still be where it
/// was, or be named by `source`).
class ConvertedModel {
  public:
    /// Throws Error when the file is unreadable, or the source's hash is not the one the conversion was made
    /// from.
    static ConvertedModel open(const std::filesystem::path& model_or_project, DeviceChoice device,
                               const std::optional<std::filesystem::path>& source = std::nullopt);
    ~ConvertedModel();
    ConvertedModel(ConvertedModel&&) noexcept;

    bool converted() const;  ///< false for a dense model
    /// dense() as a model of its own, sharing its weights.
    ConvertedModel dense_model() const;
    /// The conversion with another k; the recipe is as it was. Weights that recovery changed go back towards
    /// the dense model's as k grows, and are those with all experts on. Throws UsageError for a dense model,
    /// and where k is not in 1..E; Error when the dense model is wanted and not to be found.
    ConvertedModel with_active(std::int64_t active) const;
    /// Of the conversion; the default one for a dense model.
    const Recipe& recipe() const;
    /// on_text is called on the calling thread with each piece of finished UTF-8; it returns whether to go
    /// on.
    Generation generate(const GenerateRequest& request,
                        const std::function<bool(std::string_view)>& on_text) const;
    /// Several prompts in place of the request's, each as it would be alone with the seed `seed + its place`.
    /// On a CPU in step, so that each weight is read once for all; on a GPU one after the other. on_text is
    /// called with the place too. Throws UsageError where the request has forcings.
    std::vector<Generation> generate_texts(
        const GenerateRequest& request, const std::vector<std::string>& prompts,
        const std::function<bool(std::size_t, std::string_view)>& on_text) const;
    /// Throws UsageError for a dense model: it has no router.
    RoutingSnapshot route(const std::string& text) const;
    /// Perplexity, and for a conversion KL and top-1 against its dense source, errors and loads a layer.
    Metrics evaluate(const TextRequest& request, EventSink& events) const;

    /// For core's own users: the parts. model() has the weights that the experts share.
    const std::shared_ptr<const Model>& model() const;
    /// The dense model to compare with: model(), or where recovery changed the weights the one it was made
    /// from, loaded by the first call. Throws Error when that is not to be found.
    const std::shared_ptr<const Model>& dense() const;
    const std::shared_ptr<const ExpertSet>& experts() const;  ///< null for a dense model

  private:
    struct Impl;
    explicit ConvertedModel(std::unique_ptr<Impl> impl);
    std::shared_ptr<const Model> weights_for(std::int64_t active) const;

    std::unique_ptr<Impl> impl_;
};

}  // namespace dotmoe
