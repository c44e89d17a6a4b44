// What is chosen to stand beside the window's picture: a run, a layer, a moment.
#pragma once

#include <QWidget>

class QSpinBox;

namespace dotmoe::studio {

class MomentSlider;
class RunChooser;
class SecondView;

/// Chooses in a SecondView, which outlives it, and shows what is chosen there.
class SecondChoice : public QWidget {
    Q_OBJECT

  public:
    explicit SecondChoice(SecondView& view, QWidget* parent = nullptr);

  protected:
    void showEvent(QShowEvent* event) override;

  private:
    void findRuns();
    void showMoments();
    void showChoice();

    SecondView& m_view;
    RunChooser* m_run;
    QSpinBox* m_layer;
    MomentSlider* m_moment;
};

}  // namespace dotmoe::studio
