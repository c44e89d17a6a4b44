// What the experts of a conversion do with held-out text, found out in the background.
#pragma once

#include <QObject>
#include <filesystem>
#include <memory>
#include <vector>

#include "app/studio/opened_models.h"
#include "app/studio/stoppable_job.h"
#include "events/expert_profile.h"

namespace dotmoe::studio {

/// All layers in one pass of the model over the text, told one by one and kept. The pass takes the cores, so
/// it goes on only while somebody watches, and begins anew when he comes back before its end.
class ExpertTrial : public QObject {
    Q_OBJECT

  public:
    explicit ExpertTrial(std::shared_ptr<OpenedModels> models, QObject* parent = nullptr);

    /// The folder of a conversion; empty: nothing is asked.
    void setConversion(const std::filesystem::path& folder);
    /// Held-out documents of it are read.
    void setText(const std::vector<std::filesystem::path>& text);
    void setWatched(bool watched);

    bool hasConversion() const { return !m_folder.empty(); }
    bool hasText() const { return !m_text.empty(); }
    bool isBusy() const { return m_job.isBusy(); }
    /// Null: not known yet.
    std::shared_ptr<const ExpertProfile> profile(int layer) const;
    /// 0 until the first one is known.
    int layers() const;

  signals:
    /// Another conversion or text: nothing is known of it.
    void forgotten();
    void profiled(int layer);
    void progressed(const QString& what);
    void busyChanged(bool busy);
    void failed(const QString& reason);

  private:
    using Asked = StoppableJob::Asked;

    void beginAnew();
    void ask();
    void keep(const std::shared_ptr<const ExpertProfile>& profile);

    std::filesystem::path m_folder;
    std::vector<std::filesystem::path> m_text;
    std::vector<std::shared_ptr<const ExpertProfile>> m_profiles;  ///< by layer
    bool m_watched = false;
    bool m_over = false;  ///< all that can be known is, or it failed
    std::shared_ptr<OpenedModels> m_models;
    StoppableJob m_job;  // last: joined before what it uses goes
};

}  // namespace dotmoe::studio
