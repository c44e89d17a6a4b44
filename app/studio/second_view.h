// What stands beside the window's own picture: a run, a layer and a moment, chosen by themselves.
#pragma once

#include <QObject>
#include <QTimer>
#include <memory>

#include "app/studio/latest_job.h"
#include "events/snapshot.h"
#include "recording/recording.h"

namespace dotmoe::studio {

class Timeline;

/// At first the first recorded moment, in the timeline's recording, of the layer that the window shows. From
/// the first choice on it holds still until another one. Reads nothing while it is not looked at.
class SecondView : public QObject {
    Q_OBJECT

  public:
    explicit SecondView(const Timeline& timeline, QObject* parent = nullptr);

    /// The chosen one, else the timeline's; null where there is none. Not to be kept.
    const Recording* recording() const;
    /// File of the timeline's recording; empty where there is none.
    std::filesystem::path thisRun() const;
    /// Whether it is another one than the timeline's.
    bool isOtherRun() const { return m_other != nullptr; }
    int layer() const { return m_layer; }
    /// -1: the layer has none yet.
    int moment() const { return m_moment; }
    const std::shared_ptr<const PlanSnapshot>& plan() const { return m_plan; }
    const std::shared_ptr<const LoadSnapshot>& load() const { return m_load; }

    /// Whether somebody looks.
    void setActive(bool active);
    /// The layer that the window shows.
    void followLayer(int layer);
    /// Opens a recording, at its last moment, off the window's thread; until then all stays as it is, and
    /// when it cannot be read too. An empty path: back to how it was at first.
    void chooseRun(const QString& path);
    /// At the moment on show, or the first one at which that layer has a plan.
    void chooseLayer(int layer);
    void chooseMoment(int moment);

  signals:
    /// The timeline has another recording, or none any more.
    void thisRunChanged();
    /// Another run, another picture of it, or none.
    void pictureChanged();
    /// There are more moments, or others.
    void momentsChanged();
    /// What was chosen is no recording; one line.
    void refused(const QString& path, const QString& reason);
    /// The recording on show is damaged; one line.
    void unreadable(const QString& reason);

  private:
    /// What a recording that was read anew is for.
    enum class Purpose { chosen, grown };

    void begin();
    void open(const std::filesystem::path& path, Purpose purpose);
    void use(const std::shared_ptr<Recording>& recording, Purpose purpose);
    /// The timeline has more moments, or another recording.
    void followTimeline();
    /// There are more moments: the last one may have got its picture only now.
    void takeIn();
    void look();

    const Timeline& m_timeline;
    const Recording* m_known = nullptr;  ///< the timeline's, to tell another one
    std::shared_ptr<Recording> m_other;
    bool m_active = false, m_chosen = false;
    int m_followed = -1, m_layer = -1, m_moment = -1;
    std::shared_ptr<const PlanSnapshot> m_plan;
    std::shared_ptr<const LoadSnapshot> m_load;
    bool m_atEnd = false;  ///< there was no later moment when the pictures were read
    QTimer m_growth;       ///< another run may go on too
    LatestJob m_reader;
};

}  // namespace dotmoe::studio
