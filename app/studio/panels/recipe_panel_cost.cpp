// What the form's conversion will take, counted while it is typed and measured when that is asked for.
#include "app/studio/panels/dry_run_card.h"
#include "app/studio/panels/recipe_panel.h"
#include "app/studio/progress_sink.h"
#include "base/error.h"
#include "pipeline/measured_cost.h"

namespace dotmoe::studio {

void RecipePanel::estimate() {
    if (!m_model) return m_card->showEstimate(std::nullopt);
    m_estimates.ask([this, model = *m_model, wanted = recipe()]() -> LatestJob::Delivery {
        std::optional<CostEstimate> estimate;
        try {
            estimate = estimate_cost(model, wanted, 0);
        } catch (const Error&) {
            // findProblem() shows why; the card only goes blank.
        }
        return [this, estimate] {
            if (!m_measured) m_card->showEstimate(estimate);
        };
    });
}

void RecipePanel::toggleMeasuring() {
    if (isMeasuring()) return m_measuring.stop();
    m_measuring.begin([this, wanted = request()](const StoppableJob::Asked& asked) {
        ProgressSink progress([&](const Progress& how_far) {
            m_measuring.tell(asked, [this, phase = QString::fromStdString(how_far.phase)] {
                m_card->showProgress(tr("measuring: %1").arg(phase));
            });
        });
        const auto estimate = measure_cost(wanted, {progress, *asked});
        m_measuring.tell(asked, [this, estimate] {
            m_measured = true;
            m_card->showEstimate(estimate);
        });
    });
    m_card->showProgress(tr("measuring …"));
}

}  // namespace dotmoe::studio
