// How large everything is written, kept between starts.
#pragma once

#include <QObject>

namespace dotmoe::studio {

/// Scales the application's font, and by its style all lengths beside it.
class UiScale : public QObject {
    Q_OBJECT

  public:
    static constexpr int least = 75, most = 200;  ///< per cent

    /// Applies what was kept. The font of the application as it was first is 100 %.
    explicit UiScale(QObject* parent = nullptr);

    int percent() const { return m_percent; }
    /// Until the next start, or set().
    void show(int percent);
    /// Kept from now on.
    void set(int percent);
    /// To the next larger (+1) or smaller (-1) step.
    void zoom(int by);

  signals:
    void changed(int percent, int before);

  private:
    int m_percent = 100;
};

}  // namespace dotmoe::studio
