#include "app/studio/panels/choice_button.h"

#include <QAction>
#include <QStyleOptionToolButton>
#include <QStylePainter>

namespace dotmoe::studio {

ChoiceButton::ChoiceButton(QAction* action, QWidget* parent) : QToolButton(parent) {
    setDefaultAction(action);
    setAccessibleName(action->iconText());
    setFocusPolicy(Qt::StrongFocus);
}

void ChoiceButton::paintEvent(QPaintEvent* event) {
    if (!isChecked() || !isEnabled()) return QToolButton::paintEvent(event);
    QStylePainter painter(this);
    QStyleOptionToolButton option;
    initStyleOption(&option);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(palette().color(QPalette::Highlight));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
    option.palette.setColor(QPalette::ButtonText, palette().color(QPalette::HighlightedText));
    painter.drawControl(QStyle::CE_ToolButtonLabel, option);
    if (!hasFocus()) return;
    QStyleOptionFocusRect focus;
    focus.initFrom(this);
    focus.rect.adjust(2, 2, -2, -2);
    focus.backgroundColor = palette().color(QPalette::Highlight);
    painter.drawPrimitive(QStyle::PE_FrameFocusRect, focus);
}

}  // namespace dotmoe::studio
