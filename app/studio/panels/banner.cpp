#include "app/studio/panels/banner.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QToolButton>

#include "app/studio/theme.h"

namespace dotmoe::studio {

Banner::Banner(QWidget* parent) : QFrame(parent), m_sign(new QLabel), m_text(new QLabel) {
    setObjectName("banner");
    setAccessibleName(tr("Message"));
    setFrameShape(QFrame::NoFrame);
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    auto* close = new QToolButton;
    close->setObjectName("closeBanner");
    close->setText(tr("Dismiss"));
    close->setAutoRaise(true);
    connect(close, &QToolButton::clicked, this, &QWidget::hide);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(10, 5, 6, 5);
    row->addWidget(m_sign);
    row->addWidget(m_text, 1);
    row->addWidget(close);
    hide();
}

void Banner::show(Kind kind, const QString& message) {
    m_kind = kind;
    m_sign->setText(kind == Kind::error     ? QStringLiteral("✕")
                    : kind == Kind::warning ? QStringLiteral("!")
                                            : QStringLiteral("✓"));
    m_text->setText(message);
    update();
    QFrame::show();
}

QString Banner::message() const {
    return m_text->text();
}

// Mixed from the palette at each painting, so that it follows the theme.
void Banner::paintEvent(QPaintEvent*) {
    const auto accent = m_kind == Kind::error     ? bad_colour(palette())
                        : m_kind == Kind::warning ? busy_colour(palette())
                                                  : good_colour(palette());
    QPainter(this).fillRect(rect(), mixed(palette().color(QPalette::Window), accent, 0.2));
}

}  // namespace dotmoe::studio
