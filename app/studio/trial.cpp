#include "app/studio/trial.h"

#include <algorithm>

#include "app/studio/progress_sink.h"
#include "pipeline/sweep.h"

namespace dotmoe::studio {
namespace {

constexpr int speed_tokens = 48;  ///< of each measurement of the dial

QString in_words(const Progress& progress) {
    return QStringLiteral("%1: %2/%3 %4")
        .arg(QString::fromStdString(progress.phase))
        .arg(progress.done)
        .arg(progress.total)
        .arg(QString::fromStdString(progress.unit));
}

std::vector<std::int64_t> dial_stops(const Layout& layout) {
    auto stops = dial_of(layout);
    if (stops.empty() || stops.back() != layout.experts) stops.push_back(layout.experts);
    return stops;
}

double speed_at(const ConvertedModel& model, std::int64_t active, RunControl& control) {
    const GenerateRequest request{.prompt = "The", .max_new_tokens = speed_tokens};
    const auto generation = model.with_active(active).generate(request, [&](std::string_view) {
        control.poll();
        return true;
    });
    return generation.seconds > 0 ? static_cast<double>(generation.tokens) / generation.seconds : 0;
}

}  // namespace

Trial::Trial(std::shared_ptr<OpenedModels> models, QObject* parent)
    : QObject(parent), m_models(std::move(models)) {
    connect(&m_job, &StoppableJob::busyChanged, this, &Trial::busyChanged);
    connect(&m_job, &StoppableJob::failed, this, &Trial::failed);
}

void Trial::setConversion(const std::filesystem::path& folder) {
    stop();
    m_folder = folder;
}

void Trial::begin(Work work) {
    m_job.begin([this, folder = m_folder, work = std::move(work)](const Asked& asked) {
        work(*m_models->of(folder), asked);
    });
    emit progressed(tr("loading"));
}

void Trial::generate(const QString& prompt, int tokens) {
    begin([this, tokens, prompt = prompt.toStdString()](const TriedModels& models, const Asked& asked) {
        const GenerateRequest request{.prompt = prompt, .max_new_tokens = tokens};
        for (const auto& [side, model] :
             {std::pair{Side::dense, &models.dense}, std::pair{Side::converted, &models.converted}}) {
            tell(asked, [this, side = side] {
                emit progressed(side == Side::dense ? tr("the dense model writes")
                                                    : tr("the conversion writes"));
            });
            const auto generation = model->generate(request, [&, side = side](std::string_view piece) {
                asked->poll();
                tell(asked, [this, side, text = QString::fromUtf8(piece.data(), std::ssize(piece))] {
                    emit textGrew(side, text);
                });
                return true;
            });
            tell(asked, [this, side = side, generation] {
                emit generated(side, generation.tokens, generation.seconds);
            });
        }
    });
}

void Trial::turnDial(const std::vector<std::filesystem::path>& text) {
    begin([this, text](const TriedModels& models, const Asked& asked) {
        ProgressSink progress([&](const Progress& how_far) {
            tell(asked, [this, line = in_words(how_far)] { emit progressed(line); });
        });
        const auto& layout = models.converted.recipe().layout;
        const auto points = turn_dial(models.converted, dial_stops(layout), {.text = text}, progress, *asked);
        std::vector<DialRow> rows;
        for (const auto& point : points) {
            tell(asked, [this, k = point.active] { emit progressed(tr("speed at k = %1").arg(k)); });
            rows.push_back({.active = static_cast<int>(point.active),
                            .share = point.active_neuron_share,
                            .parameters = point.active_parameters,
                            .perplexity = point.quality.perplexity,
                            .kl = point.quality.kl,
                            .tokensPerSecond = speed_at(models.converted, point.active, *asked),
                            .trained = point.active == layout.active});
        }
        tell(asked, [this, rows] { emit dialTurned(rows); });
    });
}

}  // namespace dotmoe::studio
