// A walk through the window: one part after another is framed, with a card beside it that says what it shows
// and what to do. Nothing waits for it.
#pragma once

#include <QFrame>
#include <QList>
#include <functional>
#include <vector>

class QLabel;
class QPushButton;

namespace dotmoe::studio {

struct TourStep {
    QString title, text;
    std::function<QWidget*()> show;  ///< brings a part of the window to the front and names it
};

/// Where a card of that size hides the least of `target`: beside, below or above it, else in its lower right
/// corner; always within `window`.
QPoint card_place(const QRect& target, const QSize& card, const QRect& window);

class Tour : public QFrame {
    Q_OBJECT

  public:
    /// Over `window`, hidden until start().
    Tour(QWidget& window, std::vector<TourStep> steps);

    void start();
    int step() const { return m_step; }

  signals:
    /// Gone through or closed.
    void ended();

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void go(int step);
    void leave();
    /// Follows the target wherever it, or what holds it, moves.
    void watch(QWidget* target);
    void place();

    QWidget& m_window;
    std::vector<TourStep> m_steps;
    int m_step = 0;
    QWidget* m_target = nullptr;
    QList<QWidget*> m_watched;
    QWidget* m_frame;  ///< around the target
    QLabel *m_title, *m_text, *m_count;
    QPushButton *m_back, *m_next;
};

}  // namespace dotmoe::studio
