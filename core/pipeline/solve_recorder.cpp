#include "pipeline/solve_recorder.h"

namespace dotmoe {

SinkhornObserver SolveRecorder::observer() {
    return [this](const SinkhornIteration& iteration, const at::Tensor& g) {
        iterations_.push_back(iteration);
        g_.push_back(g.to(at::kCPU, at::kFloat).contiguous());
    };
}

std::shared_ptr<const SinkhornSnapshot> SolveRecorder::snapshot(const SnapshotPlace& place,
                                                                std::int64_t entry, bool converged) const {
    auto picture = std::make_shared<SinkhornSnapshot>();
    picture->stage = place.stage;
    picture->step = place.step;
    picture->layer = place.layer;
    picture->temperature = place.temperature;
    picture->converged = converged;
    for (const auto& iteration : iterations_) {
        picture->row_residual.push_back(iteration.row_residual.at(static_cast<std::size_t>(entry)));
        picture->column_residual.push_back(iteration.column_residual.at(static_cast<std::size_t>(entry)));
    }
    for (const auto& g : g_) {
        const auto* first = g.const_data_ptr<float>() + entry * g.size(1);
        picture->g.insert(picture->g.end(), first, first + g.size(1));
    }
    return picture;
}

void SolveRecorder::clear() {
    iterations_.clear();
    g_.clear();
}

}  // namespace dotmoe
