// Which moment of a recorded run is looked at, and the clock that plays it.
#pragma once

#include <QObject>
#include <QTimer>
#include <filesystem>
#include <memory>

#include "recording/recording.h"

namespace dotmoe::studio {

/// Live means: at the newest moment of the run in this window, and staying there as it goes on. Without a
/// recording there is only that. A file that is replayed has no live end. Nothing here touches the run
/// itself.
class Timeline : public QObject {
    Q_OBJECT

  public:
    explicit Timeline(QObject* parent = nullptr);

    /// Replays a file; at its last moment at first.
    void open(std::shared_ptr<Recording> recording);
    /// Follows the recording of a run that has begun, live. One that is being followed already is gone on
    /// with. Throws Error when it cannot be read.
    void follow(const std::filesystem::path& path);
    void close();
    /// More has been written.
    void refresh();

    const Recording* recording() const { return m_recording.get(); }
    int moments() const { return m_recording ? static_cast<int>(m_recording->moments().size()) : 0; }
    /// -1 without a recording.
    int moment() const { return m_moment; }
    /// The moment that others are compared with; -1: none.
    int mark() const { return m_mark; }
    void setMark(int moment);
    bool isLive() const { return m_live; }
    bool canBeLive() const { return m_following; }
    bool isPlaying() const { return m_clock.isActive(); }

    void goTo(int moment);
    void step(int by);
    /// To the nearest checkpoint before (-1) or after (1); stays where there is none.
    void stepToCheckpoint(int direction);
    void goLive();
    /// From the first moment, when at the last.
    void setPlaying(bool playing);
    void setLooping(bool looping) { m_looping = looping; }

    static constexpr int play_interval = 100;  ///< ms between moments
    static constexpr int play_ticks = 600;     ///< that a long run takes at most: it skips moments then

  signals:
    /// -1: none any more.
    void markChanged(int moment);
    /// There are more moments, or other ones.
    void momentsChanged();
    void momentChanged(int moment);
    void liveChanged(bool live);
    void playingChanged(bool playing);

  private:
    void use(std::shared_ptr<Recording> recording, bool following);
    void setMoment(int moment);
    void setLive(bool live);
    void tick();

    std::shared_ptr<Recording> m_recording;
    bool m_following = false, m_live = true, m_looping = false;
    int m_moment = -1, m_mark = -1;
    QTimer m_clock;
};

}  // namespace dotmoe::studio
