#include "app/studio/expert_trial.h"

#include "app/studio/progress_sink.h"
#include "pipeline/profile_experts.h"

namespace dotmoe::studio {
namespace {

constexpr std::int64_t windows_a_source = 4;

}  // namespace

ExpertTrial::ExpertTrial(std::shared_ptr<OpenedModels> models, QObject* parent)
    : QObject(parent), m_models(std::move(models)) {
    connect(&m_job, &StoppableJob::busyChanged, this, &ExpertTrial::busyChanged);
    connect(&m_job, &StoppableJob::failed, this, [this](const QString& reason) {
        m_over = true;  // it would fail again
        emit failed(reason);
    });
}

void ExpertTrial::setConversion(const std::filesystem::path& folder) {
    m_folder = folder;
    beginAnew();
}

void ExpertTrial::setText(const std::vector<std::filesystem::path>& text) {
    if (text == m_text) return;
    m_text = text;
    beginAnew();
}

void ExpertTrial::setWatched(bool watched) {
    m_watched = watched;
    watched ? ask() : m_job.stop();
}

std::shared_ptr<const ExpertProfile> ExpertTrial::profile(int layer) const {
    const bool known = layer >= 0 && layer < std::ssize(m_profiles);
    return known ? m_profiles[static_cast<std::size_t>(layer)] : nullptr;
}

int ExpertTrial::layers() const {
    return m_profiles.empty() ? 0 : m_profiles.front()->layers;
}

void ExpertTrial::beginAnew() {
    m_job.stop();
    m_profiles.clear();
    m_over = false;
    emit forgotten();
    ask();
}

void ExpertTrial::ask() {
    if (!m_watched || m_over || m_job.isBusy() || m_folder.empty() || m_text.empty()) return;
    m_job.begin([this, folder = m_folder, text = m_text](const Asked& asked) {
        ProgressSink progress([&](const Progress& how_far) {
            m_job.tell(
                asked,
                [this,
                 line = tr("reading held-out text: layer %1 of %2").arg(how_far.done).arg(how_far.total)] {
                    emit progressed(line);
                });
        });
        const auto on_layer = [&](const std::shared_ptr<const ExpertProfile>& profile) {
            m_job.tell(asked, [this, profile] { keep(profile); });
            return true;
        };
        const auto models = m_models->of(folder);
        profile_experts(models->converted, {.text = text, .limit = windows_a_source}, progress, *asked,
                        on_layer);
        m_job.tell(asked, [this] { m_over = true; });
    });
    emit progressed(tr("reading held-out text …"));
}

void ExpertTrial::keep(const std::shared_ptr<const ExpertProfile>& profile) {
    const auto layer = static_cast<std::size_t>(profile->layer);
    if (layer < m_profiles.size()) return;  // known from a pass that was broken off
    m_profiles.push_back(profile);
    emit profiled(profile->layer);
}

}  // namespace dotmoe::studio
