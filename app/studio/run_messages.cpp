#include "app/studio/run_messages.h"

#include "app/studio/figures.h"
#include "app/studio/tr.h"

namespace dotmoe::studio {
namespace {

QString figure(double value) {
    return QString::number(value, 'g', 4);
}

}  // namespace

QString started_text(const Started& event) {
    return tr("Converting %1 on %2 in %3 with recipe %4: %5 layers of %6 neurons, %7 experts, %8 active, %9 "
              "shared")
        .arg(QString::fromStdString(event.model), QString::fromStdString(event.device),
             QString::fromStdString(event.dtype), QString::fromStdString(event.recipe))
        .arg(event.layers)
        .arg(event.neurons)
        .arg(event.experts)
        .arg(event.active)
        .arg(event.shared);
}

QString quality_text(const QualitySnapshot& quality) {
    return tr("Held-out text, %1: perplexity %2, KL %3, top-1 agreement %4")
        .arg(QString::fromStdString(quality.label), figure(quality.perplexity), figure(quality.kl),
             share_text(quality.top1));
}

QString finished_text(const Finished& event, const Metrics& metrics) {
    const auto perplexity = [](const std::optional<Quality>& stage) {
        return stage ? figure(stage->perplexity) : QStringLiteral("–");
    };
    return tr("Converted in %1: perplexity %2 (dense %3) with %4 of the FFN neurons active. Written to %5")
        .arg(duration_text(metrics.seconds), perplexity(metrics.converted), perplexity(metrics.dense),
             share_text(metrics.active_neuron_share), QString::fromStdString(event.out));
}

QString stopped_text(const Stopped& event) {
    return event.resumable ? tr("Stopped. The checkpoint is kept: Continue goes on from it.")
                           : tr("Stopped before the first checkpoint.");
}

QString exported_text(const Exported& exported) {
    const auto& result = exported.result;
    return tr("Exported to %1: %2, %3, %4 weights. Its receipt %5: %6")
        .arg(QString::fromStdString(exported.out.string()), QString::fromStdString(result.architecture),
             bytes_text(static_cast<double>(result.bytes)), QString::fromStdString(result.equivalence),
             exported.passed ? tr("passed") : tr("does not pass"), exported.verdict);
}

}  // namespace dotmoe::studio
