#include "app/studio/panels/tour.h"

#include <QEvent>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QShortcut>
#include <QVBoxLayout>
#include <algorithm>

namespace dotmoe::studio {
namespace {

constexpr int gap = 8, line = 3;

/// Outlines what lies under it; the mouse goes through.
class Outline : public QWidget {
  public:
    explicit Outline(QWidget* parent) : QWidget(parent) {
        setObjectName("tourFrame");
        setAttribute(Qt::WA_TransparentForMouseEvents);
        hide();
    }

  protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setPen(QPen(palette().color(QPalette::Highlight), line));
        painter.drawRect(QRectF(rect()).adjusted(line / 2.0, line / 2.0, -line / 2.0, -line / 2.0));
    }
};

}  // namespace

QPoint card_place(const QRect& target, const QSize& card, const QRect& window) {
    const QPoint beside[] = {{target.right() + gap, target.top() + gap},
                             {target.left() - gap - card.width(), target.top() + gap},
                             {target.left() + gap, target.bottom() + gap},
                             {target.left() + gap, target.top() - gap - card.height()}};
    for (const auto& place : beside)
        if (window.contains(QRect(place, card))) return place;
    const QPoint corner = target.bottomRight() - QPoint(card.width() + 2 * gap, card.height() + 2 * gap);
    return {std::clamp(corner.x(), window.left(), std::max(window.left(), window.right() - card.width())),
            std::clamp(corner.y(), window.top(), std::max(window.top(), window.bottom() - card.height()))};
}

Tour::Tour(QWidget& window, std::vector<TourStep> steps)
    : QFrame(&window),
      m_window(window),
      m_steps(std::move(steps)),
      m_frame(new Outline(&window)),
      m_title(new QLabel),
      m_text(new QLabel),
      m_count(new QLabel),
      m_back(new QPushButton(tr("&Back"))),
      m_next(new QPushButton) {
    setObjectName("tour");
    setAccessibleName(tr("Tour"));
    setFrameStyle(QFrame::StyledPanel | QFrame::Raised);
    setAutoFillBackground(true);
    auto bold = m_title->font();
    bold.setBold(true);
    m_title->setFont(bold);
    m_title->setObjectName("tourTitle");
    m_text->setObjectName("tourText");
    m_text->setWordWrap(true);
    m_count->setForegroundRole(QPalette::PlaceholderText);
    auto* close = new QPushButton(tr("&Close"));
    m_back->setObjectName("tourBack");
    m_next->setObjectName("tourNext");
    close->setObjectName("tourClose");
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_count);
    buttons->addStretch(1);
    for (auto* button : {close, m_back, m_next}) buttons->addWidget(button);
    auto* column = new QVBoxLayout(this);
    column->addWidget(m_title);
    column->addWidget(m_text);
    column->addLayout(buttons);
    const auto back = [this] { go(m_step - 1); };
    const auto next = [this] { go(m_step + 1); };
    connect(close, &QPushButton::clicked, this, &Tour::leave);
    connect(m_back, &QPushButton::clicked, this, back);
    connect(m_next, &QPushButton::clicked, this, next);
    new QShortcut(Qt::Key_Escape, this, this, &Tour::leave, Qt::WidgetWithChildrenShortcut);
    new QShortcut(Qt::Key_Left, this, this, back, Qt::WidgetWithChildrenShortcut);
    new QShortcut(Qt::Key_Right, this, this, next, Qt::WidgetWithChildrenShortcut);
    new QShortcut(Qt::Key_Return, m_next, this, next, Qt::WidgetShortcut);
    hide();
}

void Tour::start() {
    show();
    go(0);
}

void Tour::go(int step) {
    if (step < 0) return;
    if (step >= std::ssize(m_steps)) return leave();
    m_step = step;
    const auto& shown = m_steps[static_cast<std::size_t>(step)];
    watch(shown.show());
    m_title->setText(shown.title);
    m_text->setText(shown.text);
    setAccessibleDescription(shown.text);
    m_count->setText(tr("%1 of %2").arg(step + 1).arg(std::ssize(m_steps)));
    m_back->setEnabled(step > 0);
    m_next->setText(step + 1 < std::ssize(m_steps) ? tr("&Next") : tr("&Done"));
    place();
    m_next->setFocus();
}

void Tour::leave() {
    watch(nullptr);
    m_frame->hide();
    hide();
    emit ended();
}

void Tour::watch(QWidget* target) {
    for (auto* widget : m_watched) widget->removeEventFilter(this);
    m_watched.clear();
    m_target = target;
    for (auto* widget = target; widget; widget = widget == &m_window ? nullptr : widget->parentWidget())
        m_watched << widget;
    for (auto* widget : m_watched) widget->installEventFilter(this);
}

void Tour::place() {
    if (!m_target) return;
    const QRect target(m_window.mapFromGlobal(m_target->mapToGlobal(QPoint())), m_target->size());
    m_text->setFixedWidth(48 * m_text->fontMetrics().averageCharWidth());
    adjustSize();
    move(card_place(target, size(), m_window.rect()));
    m_frame->setGeometry(target);
    m_frame->show();
    m_frame->raise();
    raise();
}

bool Tour::eventFilter(QObject* watched, QEvent* event) {
    const auto type = event->type();
    if (type == QEvent::Resize || type == QEvent::Move || type == QEvent::Show) place();
    return QFrame::eventFilter(watched, event);
}

}  // namespace dotmoe::studio
