// One conversion under way: what its phases share.
#pragma once

#include <ATen/ATen.h>

#include <memory>
#include <string>

#include "base/progress.h"
#include "evaluate/figures.h"
#include "experts/expert_set.h"
#include "model/load.h"
#include "model/transformer.h"
#include "pipeline/conversion_state.h"
#include "pipeline/convert.h"
#include "pipeline/kept_states.h"

namespace dotmoe {

class Assignment;
struct DistillStep;
class NeuronEnergies;
class RidgeRouter;

class ConversionRun {
  public:
    /// Checks the request, loads model and text, and reads the checkpoint of a resumed run.
    ConversionRun(const ConvertRequest& request, const ConvertHooks& hooks);

    /// Phases, in order; each goes on from where the state stands. Implemented in layer_phase.cpp,
    /// distill_phase.cpp and recover_phase.cpp.
    void align_layers();
    void distil();
    void recover();
    /// For a trial: every layer gets what the first has been given.
    void spread_first_layer();
    /// Judges the result, writes project and metrics, removes the checkpoint. Publishes Finished.
    Metrics finish();

    /// Writes the state as it stands to out/checkpoint.
    void checkpoint();

  private:
    /// Seconds between two checkpoints of what goes layer by layer.
    static constexpr double checkpoint_interval = 15;

    const Recipe& recipe() const { return request_.recipe; }
    const Layout& layout() const { return request_.recipe.layout; }
    std::int64_t layer_count() const { return model_->config.layers; }
    /// Held-out quality of an expert set on the student's weights, published under `label`.
    Quality judge(const std::string& label, std::int64_t step, const ExpertSet& experts);
    Quality judge(const std::string& label, std::int64_t step, const Transformer& transformer,
                  const FeedForward& ffn);
    /// Whether the layer-wise phase is over and its end kept.
    bool aligned() const;
    /// [D, D] a layer; none where the recipe measures energies by their plain norm.
    std::vector<at::Tensor> measure_metrics();
    /// What a layer's FFN sees, [T, D] each, and its metric [D, D], which may be undefined.
    struct LayerText {
        at::Tensor calibration;
        at::Tensor random_calibration;  ///< undefined: the random split has the same
        at::Tensor held_out;            ///< of the dense model
        at::Tensor metric;
    };
    void align_layer(const LayerText& text, std::int64_t layer);
    std::uint64_t split_seed(std::int64_t layer) const;
    struct Split {
        LayerExperts experts;
        std::optional<double> greedy_gap;  ///< of transport's last round
    };
    /// A layer by the recipe's method, its rounds and plans published. `start` [N] is the owner that
    /// transport begins with.
    Split split_by_method(const NeuronEnergies& energies, const RidgeRouter& ridge, const at::Tensor& start,
                          std::int64_t layer);
    /// The layers with those experts raised, layer by layer on the converted model's own activations, that
    /// training left without tokens.
    ExpertSet revived_experts();
    void judge_layers(const ExpertSet& experts);
    /// What a resumed or forked run began with, for those who watch.
    void tell_what_was_done(std::string_view how);
    /// Writes the state at the end of a phase, for forks to begin from, and a checkpoint: what follows, the
    /// writing of the result too, never costs a phase that is over.
    void keep(KeptState end_of_phase);
    /// METHOD §2, of what the global phase made.
    void measure_greedy_gaps(const Assignment& assignment);
    /// The student gets its output projections, before the first step of recovery, and where the recipe says
    /// so its layers a new split.
    void fit_projections();
    /// A layer's, on the text as the fitted layers before it leave it, [T, D].
    LayerExperts split_again(const at::Tensor& inputs, const at::Tensor& metric, std::int64_t layer);
    void train_all_weights();
    /// Dense and converted; nothing on a GPU, or where memory has no room for both.
    std::optional<RuntimeSpeed> measure_speed(const ExpertSet& experts);
    /// Writes the student's weights beside the experts where they are its own; their hash, or none.
    std::string save_weights();
    /// What a step of training leaves for those who watch, and for a checkpoint; `step` counts over all
    /// phases.
    void after_step(const DistillStep& done, const Assignment& assignment, std::int64_t step);
    void publish_progress(const char* phase, const char* unit, const ProgressMeter& meter);
    void publish_layer(std::int64_t layer, LayerState state);
    void show_experts(std::vector<LayerExperts> layers);
    double seconds() const { return state_.seconds + clock_.seconds(); }

    const ConvertRequest& request_;
    const ConvertHooks& hooks_;
    ProgressMeter clock_{0};
    std::shared_ptr<const Model> model_;
    std::unique_ptr<const Transformer> transformer_;  ///< the dense model, as results are judged by
    std::unique_ptr<const Transformer> teacher_;      ///< the same, as the phases compute with it
    std::unique_ptr<const Transformer> student_;  ///< transformer_ until recovery gives it its own weights
    std::string source_sha256_, fingerprint_;
    at::Tensor train_, held_out_;        ///< [W, window] int64
    at::Tensor dense_hidden_;            ///< of held_out_
    std::optional<at::Tensor> allowed_;  ///< [L, N, columns]: the recipe's constraints
    ConversionState state_;
};

}  // namespace dotmoe
